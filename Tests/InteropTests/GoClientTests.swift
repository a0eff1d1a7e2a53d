import Foundation
import TestSupport
import Testing

/// Stubs by containerd's generator, containerd's ttRPC, Google's error details: no line of ours.
@Suite(.enabled(if: GoClient.isBuildable, GoClient.missing), .timeLimit(.minutes(5)))
struct `A Go client` {
  @Test func `prints the actions for files at a shell`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let tree = try String(contentsOf: Project.file("contrib/examples/maria.json"), encoding: .utf8)
    for (context, type) in [
      (#"{"daysInactive": 6}"#, "SendSMS"), (#"{"daysInactive": 0}"#, "SendEmail"),
    ] {
      let actions = try GoClient.execute(tree: tree, context: context, on: daemon)
      #expect(actions.map { $0["type"] as? String } == [type])
    }
  }

  @Test func `publishes a tree, and runs it by its name`() throws {
    let daemon = try DaemonProcess(workers: 2)
    let tree = try String(contentsOf: Project.file("contrib/examples/maria.json"), encoding: .utf8)
    let context = #"{"daysInactive": 6}"#
    let first = try GoClient.publish(tree: tree, as: "winback", context: context, on: daemon)
    #expect(first.version["version"] as? Int == 1)
    #expect(first.version["created"] as? Bool == true)
    #expect(first.version["labels"] as? [String: String] == ["by": "go"])
    #expect(first.ran["version"] as? Int == 1)
    #expect(first.ran["digest"] as? String == first.version["digest"] as? String)
    #expect(first.actions.map { $0["type"] as? String } == ["SendSMS"])
    let next = tree.replacingOccurrences(of: "We miss you!", with: "Come back!")
    let second = try GoClient.publish(tree: next, as: "winback", context: context, on: daemon)
    #expect(second.version["previous"] as? Int == 1)
    #expect(second.ran["version"] as? Int == 2)
    #expect(
      (second.actions.first?["parameters"] as? [String: Any])?["message"] as? String
        == "Come back!")
  }
}
