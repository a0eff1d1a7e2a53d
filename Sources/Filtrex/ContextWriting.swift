internal import NumberText

/// A finished context on its way to the one JSON text that it has, which can be set aside between any two steps.
///
/// The text is that of RFC 8785, whatever form and order the properties came in, but for the numbers that JSON has no
/// words for: `NaN`, `Infinity` and `-Infinity` stand as they are, and a negative zero keeps its sign, since a tree can
/// tell it from zero.
public struct ContextWriting: Sendable {
  /// A list or an object that has begun and not ended.
  private struct Begun {
    var cell: Cell
    var next = 0
    /// `nil` where the members are written as they lie.
    var order: NameOrder?
  }

  /// A name or a text of which a part is written.
  private struct BegunText {
    var cell: Cell
    var isName: Bool
    var written = 0
  }

  private var begun: [Begun] = []
  private var current: Cell?
  private var text: BegunText?
  private var hasBegun = false
  /// Whether the order of names' bytes may not be the one of RFC 8785.
  private var hasHighBytes = false
  /// Whether a number is none that JSON has, so that the text is no JSON.
  public private(set) var hasNumberBeyondJSON = false

  /// Bytes of a text that are written at once; escaped, each may take six.
  private static let textBytesAtOnce = 1024

  /// The writing of a context that is about to begin.
  public init() {}

  /// Forgets the last context and keeps the memory.
  public mutating func removeAll() {
    begun.removeAll(keepingCapacity: true)
    current = nil
    text = nil
    hasBegun = false
    hasHighBytes = false
    hasNumberBeyondJSON = false
  }

  /// Writes on for at least so many bytes, and not many more.
  ///
  /// - Parameters:
  ///   - context: The same one in every step.
  ///   - bytes: How many.
  ///   - output: Takes them.
  ///   - escape: Appends the inside of a text as JSON has it; it is given texts in pieces.
  /// - Returns: Whether there is more to write.
  public mutating func step(
    _ context: borrowing Context, bytes: Int, into output: inout [UInt8],
    escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) -> Bool {
    let nothing = Store()
    let memory = Memory(
      constants: nothing.view, context: context.store.view, scratch: nothing.view)
    if !hasBegun {
      hasBegun = true
      hasHighBytes = NameOrder.isNeeded(for: context.store.bytes.span)
      if isPlain(context, memory) {
        writePlain(context.root, memory, &output, escape)
        return false
      }
      current = context.root
    }
    let end = output.count + bytes
    while output.count < end {
      if let text {
        write(text, memory, &output, escape)
      } else if let value = current {
        current = nil
        write(value, memory, &output, escape)
      } else if !goOn(memory, &output, escape) {
        return false
      }
    }
    return true
  }

  /// Whether it is an object of a few scalars whose names are in order, as nearly every context is.
  private func isPlain(_ context: borrowing Context, _ memory: borrowing Memory) -> Bool {
    let root = context.root
    guard !hasHighBytes, root.kind == .object, root.count <= Self.textBytesAtOnce / 16,
      context.store.bytes.count <= Self.textBytesAtOnce
    else { return false }
    let members = memory.members(root)
    for index in 0..<root.count {
      let kind = members[2 * index + 1].kind
      if kind == .list || kind == .object { return false }
    }
    return true
  }

  private mutating func writePlain(
    _ object: Cell, _ memory: borrowing Memory, _ output: inout [UInt8],
    _ escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) {
    let quote = UInt8(ascii: "\"")
    let members = memory.members(object)
    output.append(UInt8(ascii: "{"))
    for index in 0..<object.count {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output.append(quote)
      escape(memory.text(members[2 * index]), &output)
      output.append(quote)
      output.append(UInt8(ascii: ":"))
      let value = members[2 * index + 1]
      guard value.kind == .text else {
        write(value, memory, &output, escape)
        continue
      }
      output.append(quote)
      escape(memory.text(value), &output)
      output.append(quote)
    }
    output.append(UInt8(ascii: "}"))
  }

  private mutating func write(
    _ value: Cell, _ memory: borrowing Memory, _ output: inout [UInt8],
    _ escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) {
    switch value.kind {
    case .missing, .null: output.append(contentsOf: "null".utf8)
    case .logical: output.append(contentsOf: (value.logical ? "true" : "false").utf8)
    case .number: write(value.number, &output)
    case .text: begin(value, isName: false, memory, &output, escape)
    case .list:
      output.append(UInt8(ascii: "["))
      begun.append(Begun(cell: value))
    case .object:
      output.append(UInt8(ascii: "{"))
      let order = hasHighBytes ? NameOrder(of: value, in: memory) : nil
      begun.append(Begun(cell: value, order: order))
    }
  }

  private mutating func write(_ number: Double, _ output: inout [UInt8]) {
    if !number.isFinite { hasNumberBeyondJSON = true }
    if number == 0, number.sign == .minus { output.append(UInt8(ascii: "-")) }
    ECMAScriptNumber.append(number, to: &output)
  }

  private mutating func begin(
    _ cell: Cell, isName: Bool, _ memory: borrowing Memory, _ output: inout [UInt8],
    _ escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) {
    output.append(UInt8(ascii: "\""))
    write(BegunText(cell: cell, isName: isName), memory, &output, escape)
  }

  private mutating func write(
    _ begun: BegunText, _ memory: borrowing Memory, _ output: inout [UInt8],
    _ escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) {
    let units = memory.text(begun.cell)
    let end = min(begun.written + Self.textBytesAtOnce, units.count)
    escape(units.extracting(begun.written..<end), &output)
    guard end == units.count else {
      text = begun
      text?.written = end
      return
    }
    text = nil
    output.append(UInt8(ascii: "\""))
    if begun.isName { output.append(UInt8(ascii: ":")) }
  }

  /// Goes to the next value of what has begun.
  ///
  /// - Returns: Whether there is anything left.
  private mutating func goOn(
    _ memory: borrowing Memory, _ output: inout [UInt8],
    _ escape: (Span<UInt8>, inout [UInt8]) -> Void
  ) -> Bool {
    guard let top = begun.indices.last else { return false }
    let cell = begun[top].cell
    let next = begun[top].next
    let isObject = cell.kind == .object
    guard next < cell.count else {
      output.append(UInt8(ascii: isObject ? "}" : "]"))
      begun.removeLast()
      return true
    }
    begun[top].next += 1
    if next > 0 { output.append(UInt8(ascii: ",")) }
    guard isObject else {
      current = memory.elements(cell)[next]
      return true
    }
    let position = begun[top].order?.takeNext(of: cell, in: memory) ?? next
    let members = memory.members(cell)
    current = members[2 * position + 1]
    begin(members[2 * position], isName: true, memory, &output, escape)
    return true
  }
}
