// Keeps a number of calls in flight on each of some connections for a while, and says what became of each.
//
//   SwiftLoad SOCKET CONNECTIONS IN-FLIGHT SECONDS [dry]
import Glibc
import SmartFlowClient
import SmartFlowMessages
import UnixSocket

let arguments = CommandLine.arguments
guard arguments.count == 5 || arguments.count == 6 && arguments[5] == "dry", let connections = Int(arguments[2]), connections > 0,
  let inFlight = Int(arguments[3]), inFlight > 0, let seconds = Double(arguments[4]), seconds > 0
else {
  let usage = "usage: SwiftLoad SOCKET CONNECTIONS IN-FLIGHT SECONDS [dry]\n"
  _ = usage.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(64)
}

let tree = """
  {"type": "Condition", "parameters": {"expression": "daysInactive > 5"}, \
  "trueAction": {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "We miss you!"}}}
  """
let request = ExecuteTreeRequestMessage(
  tree: .json(Array(tree.utf8)), context: .json(Array(#"{"daysInactive": 7}"#.utf8)),
  playerID: "p-1001", options: ExecutionOptions(dryRun: arguments.count == 6))
let clock = ContinuousClock()
let end = clock.now + .seconds(seconds)

/// Calls one after the other until the time is over. Nothing is sent twice: an execution with effects is not.
@Sendable func callAgainAndAgain(_ client: SmartFlowClient) async -> Tally {
  var tally = Tally()
  while clock.now < end {
    let began = clock.now
    tally.made += 1
    do throws(ClientError) {
      // Far longer than a call takes: what is answered late is still answered.
      _ = try await client.execute(request, options: CallOptions(timeout: .seconds(30)))
      tally.answered += 1
      let (whole, part) = (clock.now - began).components
      tally.times.append(whole * 1_000_000_000 + part / 1_000_000_000)
    } catch {
      tally.failed[error.code.name, default: 0] += 1
    }
  }
  return tally
}

var clients: [SmartFlowClient] = []
for _ in 0..<connections {
  clients.append(try SmartFlowClient(endpoint: .path(arguments[1])))
}
var total = Tally()
await withTaskGroup(of: Tally.self) { group in
  for client in clients {
    for _ in 0..<inFlight { group.addTask { await callAgainAndAgain(client) } }
  }
  for await tally in group { total.add(tally) }
}
for client in clients { await client.close() }
print(total.json)
