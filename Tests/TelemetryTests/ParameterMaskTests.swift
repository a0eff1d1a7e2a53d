import JSON
import Telemetry
import Testing

@Suite struct `A mask of parameters` {
  private func text(_ parameters: JSONObject, _ names: [String]) -> String {
    var bytes: [UInt8] = []
    ParameterMask(names).append(parameters, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private let parameters: JSONObject = [
    "phone": .string("+35621234567"), "message": .string("Hi \"Maria\""), "amount": .number(1.5),
    "list": .array([.number(1), .object([("phone", .null), ("b", .bool(true))]), .array([])]),
    "to": .object([("x", .string("y"))]), "empty": .object([]),
  ]

  @Test func `leaves everything as it is where it has no name`() {
    var plain: [UInt8] = []
    JSONWriter.append(.object(parameters), to: &plain)
    #expect(text(parameters, []) == String(decoding: plain, as: UTF8.self))
    // What is not masked is written by the same rule.
    #expect(text(parameters, ["other"]) == String(decoding: plain, as: UTF8.self))
  }

  @Test func `hides whatever stands under its names, at any depth, and nothing else`() {
    #expect(
      text(parameters, ["phone", "to"])
        == #"{"phone":"***","message":"Hi \"Maria\"","amount":1.5,"#
        + #""list":[1,{"phone":"***","b":true},[]],"to":"***","empty":{}}"#)
  }

  @Test func `takes no part of a name, and no other case, for the name`() {
    #expect(
      text(["phones": .number(1), "Phone": .number(2)], ["phone"]) == #"{"phones":1,"Phone":2}"#)
  }

  @Test func `is what a line has`() {
    var line = RecordLine()
    line.begin(event: "x", level: "info", at: WallTime(microseconds: 0))
    line.member("parameters", ["to": .string("m@example.com")], masking: ParameterMask(["to"]))
    line.end()
    #expect(
      String(decoding: line.bytes, as: UTF8.self).hasSuffix(#","parameters":{"to":"***"}}"#))
  }
}
