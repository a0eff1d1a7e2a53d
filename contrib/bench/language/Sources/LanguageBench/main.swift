// What evaluating an expression costs, as a ratio to the same in native Swift, with its allocations.
//
//   contrib/bench/language/run [ROUNDS]
//
// Native code has the player's properties in fields of a struct; ours has them bound to slots, as the engine
// does once for each execution.

#if DEBUG
  #error("a debug build's times say nothing: swift build -c release")
#endif

let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 9

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ number: Double, _ places: Int = 1) -> String {
  let factor = places == 0 ? 1.0 : 10.0
  let scaled = (number * factor).rounded() / factor
  return places == 0 ? String(Int(scaled)) : String(scaled)
}

do throws(Failure) {
  print("÷ native     native       ours     fuel  allocations  expression")
  for subject in Subject.all {
    let result = try Measurement(subject, rounds: max(1, rounds))
    print(
      padded(rounded(result.ratio), 8), padded(rounded(result.nativeNanoseconds) + " ns", 11),
      padded(rounded(result.ourNanoseconds) + " ns", 10), padded(rounded(result.fuel), 8),
      padded(String(result.allocations), 12), " " + result.expression)
  }
} catch {
  print("language-bench: \(error.message)")
}
