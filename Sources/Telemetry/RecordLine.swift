public import JSON
internal import NumberText

/// One JSON object on one line, written member by member into a reused buffer.
public struct RecordLine: Sendable {
  /// The line so far, without a line break.
  public private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// An empty line.
  public init() {}

  /// Forgets the last line and begins the next with its time and level.
  public mutating func begin(event: String, level: String, at time: WallTime) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(ascii: "{"))
    isFirst = true
    key("time")
    bytes.append(UInt8(ascii: "\""))
    time.appendRFC3339(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    member("level", level)
    member("event", event)
  }

  /// Forgets the last line and begins members without a brace around them.
  public mutating func beginMembers() {
    bytes.removeAll(keepingCapacity: true)
    isFirst = true
  }

  /// Adds an object, whose members `body` adds.
  public mutating func object(_ name: StaticString, _ body: (inout RecordLine) -> Void) {
    key(name)
    enclose("{", "}", body)
  }

  /// Adds a list, whose objects `body` adds.
  public mutating func list(_ name: StaticString, _ body: (inout RecordLine) -> Void) {
    key(name)
    enclose("[", "]", body)
  }

  /// Adds an object to a list.
  public mutating func element(_ body: (inout RecordLine) -> Void) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    enclose("{", "}", body)
  }

  private mutating func enclose(
    _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout RecordLine) -> Void
  ) {
    bytes.append(UInt8(ascii: opening))
    isFirst = true
    body(&self)
    isFirst = false
    bytes.append(UInt8(ascii: closing))
  }

  /// Adds a text.
  public mutating func member(_ name: StaticString, _ text: String) {
    key(name)
    JSONWriter.appendString(text, to: &bytes)
  }

  /// A text of the program's own, in which nothing needs escaping.
  public mutating func member(_ name: StaticString, _ text: StaticString) {
    key(name)
    append(text, before: nil, after: nil)
  }

  /// Adds a text of which `body` appends the bytes, none of which needs escaping.
  public mutating func member(_ name: StaticString, _ body: (inout [UInt8]) -> Void) {
    key(name)
    bytes.append(UInt8(ascii: "\""))
    body(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Adds a value.
  public mutating func member(_ name: StaticString, _ value: JSONValue) {
    key(name)
    JSONWriter.append(value, to: &bytes)
  }

  /// Adds an action's parameters, as far as they are to be shown.
  public mutating func member(
    _ name: StaticString, _ parameters: JSONObject, masking mask: ParameterMask
  ) {
    key(name)
    mask.append(parameters, to: &bytes)
  }

  /// Adds members that are JSON on one line already, with commas between them.
  public mutating func members(json: [UInt8]) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes += json
  }

  /// Adds a value that is JSON on one line already.
  public mutating func member(_ name: StaticString, json: [UInt8]) {
    key(name)
    bytes += json
  }

  /// Adds a whole number.
  public mutating func member(_ name: StaticString, _ number: Int) {
    key(name)
    WholeNumber.append(number, to: &bytes)
  }

  /// Ends the line.
  public mutating func end() { bytes.append(UInt8(ascii: "}")) }

  /// Adds a text under a name that is made at run time.
  public mutating func member(named name: String, _ text: String) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    JSONWriter.appendString(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    JSONWriter.appendString(text, to: &bytes)
  }

  private mutating func key(_ name: StaticString) {
    append(name, before: isFirst ? nil : UInt8(ascii: ","), after: UInt8(ascii: ":"))
    isFirst = false
  }

  /// Appends a text of the program's own in quotes, and what stands before and after them.
  private mutating func append(_ text: StaticString, before: UInt8?, after: UInt8?) {
    let quote = UInt8(ascii: "\"")
    // Safe: a static string's buffer lives as long as the program.
    text.withUTF8Buffer { text in
      bytes.append(addingCapacity: text.count + 4) { output in
        if let before { output.append(before) }
        output.append(quote)
        unsafe output.append(copying: text.span)
        output.append(quote)
        if let after { output.append(after) }
      }
    }
  }
}
