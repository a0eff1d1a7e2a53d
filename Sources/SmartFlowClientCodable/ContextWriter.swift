internal import JSON
internal import NumberText

/// The JSON of a context while it is written: which objects and lists are open, and which value is due.
///
/// One behind the other is all that JSON can do, so that a container which is used after a later one was begun is an error.
final class ContextWriter {
  /// An object or a list that was begun.
  struct Container {
    /// How many are open, itself counted, while it is the innermost.
    var level: Int
    /// Tells it from others that had its level before and have it after it.
    var number: Int
    var isObject: Bool
  }

  private struct Open {
    var number: Int
    var isObject: Bool
    var isEmpty = true
    var keys: Set<String> = []
  }

  /// What a type's values are to become.
  enum Form {
    case own
    case date
    case unsupported(name: String, remedy: String)
  }

  let dates: ContextEncoder.Dates
  /// The place of the context itself.
  let rootSlot = 1

  private var output: [UInt8] = []
  private var open: [Open] = []
  private var containers = 0
  private var slots = 1
  /// The place whose value is due; `nil` once it has one.
  private var dueSlot: Int? = 1
  private var values = 0
  private var forms: [ObjectIdentifier: Form] = [:]
  /// What went wrong where nothing could be thrown.
  private var failure: ContextEncodingError?

  init(dates: ContextEncoder.Dates) { self.dates = dates }

  /// What went wrong where nothing could be thrown; the first one stays.
  func note(_ error: ContextEncodingError) { failure = failure ?? error }

  /// Closes what is open, and gives the bytes.
  func end() throws(ContextEncodingError) -> [UInt8] {
    if let failure { throw failure }
    // Nothing at all was encoded, which is no object.
    guard containers > 0 else { throw .notAnObject }
    close(to: 0)
    guard output.count <= Limits.bytes else {
      throw .tooLarge(byteCount: output.count, limit: Limits.bytes)
    }
    return output
  }

  // MARK: Places

  /// Makes a place for the next value of a container; what is open inside it is closed.
  func slot(
    in container: Container, key: String?, path: @autoclosure () -> [any CodingKey]
  ) throws(ContextEncodingError) -> Int {
    if let failure { throw failure }
    guard container.level <= open.count, open[container.level - 1].number == container.number
    else { throw .outOfOrder(path: text(of: path())) }
    close(to: container.level)
    if let key, !open[container.level - 1].keys.insert(key).inserted {
      throw .repeatedKey(path: text(of: path()))
    }
    if !open[container.level - 1].isEmpty { output.append(UInt8(ascii: ",")) }
    open[container.level - 1].isEmpty = false
    if let key {
      JSONWriter.appendString(key, to: &output)
      output.append(UInt8(ascii: ":"))
    }
    slots += 1
    dueSlot = slots
    return slots
  }

  /// Closes what was begun for a value; one that encoded nothing is an empty object, as JSONEncoder has it.
  func close(to level: Int) {
    if dueSlot != nil, open.count >= max(level, 1) {
      output += [UInt8(ascii: "{"), UInt8(ascii: "}")]
      dueSlot = nil
    }
    while open.count > level, let last = open.popLast() {
      output.append(last.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }
  }

  /// How many objects and lists are open.
  var depth: Int { open.count }

  // MARK: Values

  func begin(
    isObject: Bool, in slot: Int, path: [any CodingKey]
  ) throws(ContextEncodingError) -> Container {
    try take(slot, path)
    guard isObject || !open.isEmpty else { throw .notAnObject }
    guard open.count < Limits.depth else {
      throw .tooDeep(path: text(of: path), limit: Limits.depth)
    }
    containers += 1
    open.append(Open(number: containers, isObject: isObject))
    output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    return Container(level: open.count, number: containers, isObject: isObject)
  }

  func write(_ value: String, in slot: Int, path: [any CodingKey]) throws(ContextEncodingError) {
    try takeScalar(slot, path)
    JSONWriter.appendString(value, to: &output)
  }

  func write(_ value: Bool, in slot: Int, path: [any CodingKey]) throws(ContextEncodingError) {
    try takeScalar(slot, path)
    output.append(contentsOf: (value ? "true" : "false").utf8)
  }

  func writeNull(in slot: Int, path: [any CodingKey]) throws(ContextEncodingError) {
    try takeScalar(slot, path)
    output.append(contentsOf: "null".utf8)
  }

  func write(_ value: Double, in slot: Int, path: [any CodingKey]) throws(ContextEncodingError) {
    guard value.isFinite else { throw .numberNotFinite(path: text(of: path)) }
    try takeScalar(slot, path)
    // JSON has a negative zero, though JavaScript's text of it has no sign.
    if value == 0, value.sign == .minus { output.append(UInt8(ascii: "-")) }
    ECMAScriptNumber.append(value, to: &output)
  }

  func write(
    _ value: some FixedWidthInteger, in slot: Int, path: [any CodingKey]
  ) throws(ContextEncodingError) {
    guard Double(exactly: value) != nil else {
      throw .integerNotExact(path: text(of: path), value: String(value))
    }
    try takeScalar(slot, path)
    output.append(contentsOf: String(value).utf8)
  }

  private func takeScalar(_ slot: Int, _ path: [any CodingKey]) throws(ContextEncodingError) {
    guard !open.isEmpty else { throw .notAnObject }
    try take(slot, path)
  }

  private func take(_ slot: Int, _ path: [any CodingKey]) throws(ContextEncodingError) {
    if let failure { throw failure }
    guard dueSlot == slot else { throw .outOfOrder(path: text(of: path)) }
    dueSlot = nil
    values += 1
    guard values <= Limits.values else {
      throw .tooManyValues(path: text(of: path), limit: Limits.values)
    }
    // Looked at as it grows, lest a value without end take all memory.
    guard output.count <= Limits.bytes else {
      throw .tooLarge(byteCount: output.count, limit: Limits.bytes)
    }
  }

  // MARK: Types

  /// What a type's values are to become, asked once for each type.
  ///
  /// Foundation's types are told by their names, since this module does not know them: what their own coding makes of
  /// them is for a decoder of theirs, such as seconds since 2001.
  func form(of type: Any.Type) -> Form {
    if let known = forms[ObjectIdentifier(type)] { return known }
    let form = Self.form(named: String(reflecting: type))
    forms[ObjectIdentifier(type)] = form
    return form
  }

  private static func form(named name: String) -> Form {
    guard name.hasPrefix("Foundation") else { return .own }
    switch name.split(separator: ".").last {
    case "Date": return .date
    case "Data": return .unsupported(name: "Data", remedy: "send it as text, such as Base64")
    case "Decimal": return .unsupported(name: "Decimal", remedy: "send it as a Double, or as text")
    case "URL": return .unsupported(name: "URL", remedy: "send its absoluteString")
    default: return .own
    }
  }
}
