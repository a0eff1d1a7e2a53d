public import JSON

/// Parameters of actions whose values no record shows, by name: the one rule for the log and for the audit.
///
/// A name counts for every type of action, and at any depth of a parameter's value. Whoever called has the values in the
/// answer all the same.
public struct ParameterMask: Equatable, Sendable {
  /// What stands in a value's place.
  public static let mark = "***"

  /// The names.
  public let names: [String]

  /// A mask of these names; without any, everything is shown.
  public init(_ names: [String]) { self.names = names }

  /// Whether nothing is masked.
  public var isEmpty: Bool { names.isEmpty }

  /// Whether a parameter's value is not to be shown.
  public func masks(_ name: String) -> Bool { names.contains(name) }

  /// Appends parameters as JSON, with the mark for what is masked.
  public func append(_ parameters: JSONObject, to output: inout [UInt8]) {
    guard !isEmpty else { return JSONWriter.append(.object(parameters), to: &output) }
    append(.object(parameters), to: &output)
  }

  // The engine has bounded how deep a value goes.
  private func append(_ value: JSONValue, to output: inout [UInt8]) {
    switch value {
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        JSONWriter.appendString(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        if masks(member.key) {
          JSONWriter.appendString(Self.mark, to: &output)
        } else {
          append(member.value, to: &output)
        }
      }
      output.append(UInt8(ascii: "}"))
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        append(element, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .null, .bool, .number, .string: JSONWriter.append(value, to: &output)
    }
  }
}
