// What a decision costs apart from the socket: the engine alone, decoding alone, and a whole worker.
//
//   contrib/bench/engine/run [--json] [ROUNDS]
//
// Each is a ratio to native Swift that makes the same decision and writes the same answer, in the same run. Allocations
// are calls of an allocator. Exit codes: 0 measured, 1 not, 64 usage.

import Filtrex
import Glibc

#if DEBUG
  #error("a debug build's times say nothing: swift build -c release")
#endif

func giveUp(_ message: String, _ code: Int32) -> Never {
  let line = Array((message + "\n").utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(code)
}

var arguments = CommandLine.arguments.dropFirst()
let isJSON = arguments.first == "--json"
if isJSON { arguments.removeFirst() }
guard arguments.count <= 1, let rounds = Int(arguments.first ?? "9"), rounds > 0 else {
  giveUp("usage: contrib/bench/engine/run [--json] [ROUNDS]", 64)
}

/// Times in one pass: some ten milliseconds.
let passes = 10_000

func works(_ decision: Decision, _ host: Host) throws(Failure) -> [Work] {
  var decision = decision
  var path = try Decision(TreeText.path)
  var context = Context()
  let inPlace = RequestDecoding(isInPlace: true)
  let unpacking = RequestDecoding(isInPlace: false)
  var unseen = 0
  let batches = passes / Host.calls
  let byID = "worker: call by ID"
  return [
    Work(name: "decoded context to encoded answer", count: passes) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes { try decision.decide() }
      }
    },
    Work(
      name: "each node of 1,001 on one path", count: passes / 1000 * TreeText.pathNodes
    ) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes / 1000 { try path.run() }
      }
    },
    Work(name: "request and context read in place", count: passes) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes { try inPlace.decode() }
      }
    },
    Work(name: "the same, the context by protobuf-c", count: passes) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes { try unpacking.decode() }
      }
    },
    Work(name: "context as JSON", count: passes) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes { try Decision.fill(&context, json: Player.json) }
      }
    },
    Work(name: "tree of 400 B, JSON to program", count: passes / 10) { () throws(Failure) in
      try Clock.nanoseconds { () throws(Failure) in
        for _ in 0..<passes / 10 { _ = try Decision.compile(TreeText.sample) }
      }
    },
    Work(name: byID, count: batches * Host.calls) { () throws(Failure) in
      var time = try host.call { _ in Requests.published }
      for _ in 1..<batches { time += try host.repeatCalls() }
      return time
    },
    Work(
      name: "worker: tree in the request, seen before", base: byID, count: batches * Host.calls
    ) { () throws(Failure) in
      var time = try host.call { _ in Requests.inline() }
      for _ in 1..<batches { time += try host.repeatCalls() }
      return time
    },
    Work(
      name: "worker: tree in the request, never seen", base: byID, count: 16 * Host.calls
    ) { () throws(Failure) in
      var time = 0.0
      for _ in 0..<16 {
        time += try host.call { _ in
          unseen += 1
          return Requests.inline(unseen)
        }
      }
      return time
    },
  ]
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ number: Double) -> String { String((number * 100).rounded() / 100) }

func show(_ results: [Measurement], native: Double) {
  print("        ns  ÷ native  allocations")
  print("\(padded(rounded(native), 10))      1.00            0  native Swift")
  for one in results {
    let base = one.ratioToBase.map { ", \(rounded($0)) times \(one.base ?? "")" } ?? ""
    print(
      padded(String(Int(one.nanoseconds.rounded())), 10), padded(rounded(one.ratioToNative), 9),
      padded(rounded(one.allocations), 12), " " + one.name + base)
  }
}

func showJSON(_ results: [Measurement], native: Double) {
  let rows = results.map { one in
    let base =
      one.ratioToBase.map { #", "base": "\#(one.base ?? "")", "ratio_to_base": \#(rounded($0))"# }
      ?? ""
    return
      #"  {"name": "\#(one.name)", "nanoseconds": \#(rounded(one.nanoseconds)), "ratio_to_native": \#(rounded(one.ratioToNative)), "allocations": \#(rounded(one.allocations))\#(base)}"#
  }
  print(
    "{\"rounds\": \(rounds), \"native_nanoseconds\": \(rounded(native)), \"rows\": [\n\(rows.joined(separator: ",\n"))\n]}"
  )
}

do {
  var decision = try Decision()
  try decision.decide()
  var native = Native(answer: decision.output)
  var nativeTimes: [Double] = []
  let nativeWork = Work(name: "native", count: passes * 10) { () throws(Failure) in
    var sum = 0
    let time = try Clock.nanoseconds { () throws(Failure) in
      for index in 0..<passes * 10 { sum &+= Int(native.decide(Player.all[index & 63])) }
    }
    guard sum > 0 else { throw Failure(message: "nothing was decided") }
    nativeTimes.append(time / Double(passes * 10))
    return time
  }
  let results = try Measurement.all(
    try works(decision, try Host()), native: nativeWork, rounds: rounds)
  let middle = nativeTimes.sorted()[nativeTimes.count / 2]
  if isJSON { showJSON(results, native: middle) } else { show(results, native: middle) }
} catch let failure as Failure {
  giveUp("engine-bench: \(failure.message)", 1)
} catch {
  giveUp("engine-bench: \(error)", 1)
}
