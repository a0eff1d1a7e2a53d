// What matching a pattern costs in time and fuel: how both grow with the text, and how they compare with plain text.
//
//   contrib/bench/patterns/run [ROUNDS]

#if DEBUG
  #error("a debug build's times say nothing: swift build -c release")
#endif

let rounds = max(1, CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 9)

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ number: Double, _ places: Int = 1) -> String {
  let factor = places == 2 ? 100.0 : places == 1 ? 10.0 : 1.0
  let scaled = (number * factor).rounded() / factor
  return places == 0 ? String(Int(scaled)) : String(scaled)
}

func printGrowth() throws(Failure) {
  print(
    "Growth with the text, each column as a ratio to 1 KB; the matcher begins with nothing remembered."
  )
  print("   time               fuel             fuel a KB  ns a unit")
  print("  10 KB   100 KB     10 KB   100 KB                        pattern")
  for subject in Subject.catastrophic {
    var times: [Double] = []
    var fuel: [Double] = []
    for (bytes, evaluations) in [(1_000, 100), (10_000, 10), (100_000, 1)] {
      var evaluation = try Evaluation(
        matching: subject.pattern, text: subject.text(bytes: bytes))
      fuel.append(Double(evaluation.run()))
      times.append(
        evaluation.nanoseconds(rounds: rounds, evaluations: evaluations, cold: true))
    }
    print(
      padded(rounded(times[1] / times[0], 2), 7), padded(rounded(times[2] / times[0], 2), 8),
      padded(rounded(fuel[1] / fuel[0], 2), 9), padded(rounded(fuel[2] / fuel[0], 2), 8),
      padded(rounded(fuel[2] / 100, 0), 12), padded(rounded(times[2] / fuel[2]), 10), "",
      subject.pattern)
  }
}

func printLong() throws(Failure) {
  print(
    "\nA text of 100 KB, the pattern being used again; time as a ratio to `contains(t, \"Silver!\")`."
  )
  print("÷ contains   ns a byte   fuel a KB   pattern")
  for subject in Subject.ordinary {
    let text = subject.text(bytes: 100_000)
    var evaluation = try Evaluation(matching: subject.pattern, text: text)
    var plain = try Evaluation("contains(t, \"Silver!\")", text: text)
    let fuel = Double(evaluation.run())
    // In turns, so that neither always finds the cooler machine.
    var ours = Double.infinity
    var theirs = Double.infinity
    for _ in 0..<rounds {
      ours = min(ours, evaluation.nanoseconds(rounds: 1, evaluations: 3))
      theirs = min(theirs, plain.nanoseconds(rounds: 1, evaluations: 3))
    }
    let bytes = Double(text.utf8.count)
    print(
      padded(rounded(ours / theirs, 2), 10), padded(rounded(ours / bytes, 2), 11),
      padded(rounded(1_000 * fuel / bytes, 0), 11), " ", subject.pattern)
  }
}

func printShort() throws(Failure) {
  print("\nA short text; time as a ratio to `t == \"…\"`, used again and by a new machine.")
  print("    again    a new machine   fuel   pattern and text")
  for (pattern, text) in Subject.short {
    var evaluation = try Evaluation(matching: pattern, text: text)
    var plain = try Evaluation("t == \"\(text)\"", text: text)
    let fuel = evaluation.run()
    var warm = Double.infinity
    var cold = Double.infinity
    var equal = Double.infinity
    for _ in 0..<rounds {
      warm = min(warm, evaluation.nanoseconds(rounds: 1, evaluations: 20_000))
      equal = min(equal, plain.nanoseconds(rounds: 1, evaluations: 20_000))
      cold = min(cold, evaluation.nanoseconds(rounds: 1, evaluations: 2_000, cold: true))
    }
    print(
      padded(rounded(warm / equal), 9), padded(rounded(cold / equal), 16),
      padded(String(fuel), 6), " ", pattern, "  ", text)
  }
}

do throws(Failure) {
  try printGrowth()
  try printLong()
  try printShort()
} catch {
  print("pattern-bench: \(error.message)")
}
