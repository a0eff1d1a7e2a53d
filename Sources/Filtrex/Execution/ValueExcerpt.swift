internal import NumberText

/// A value that was copied out as far as it is short enough.
public struct ValueExcerpt: Sendable, Equatable {
  /// The value, or as much of it as there was room for: a text loses its end, a list or an object its last elements.
  public var value: Value
  /// Whether something was left out.
  public var isCut: Bool

  /// Says what was copied.
  public init(value: Value, isCut: Bool) {
    self.value = value
    self.isCut = isCut
  }
}

extension Bindings {
  /// The value in a slot, or `nil` where the context lacks the property.
  ///
  /// - Parameters:
  ///   - slot: A slot of the table that was bound.
  ///   - context: The context it was bound to.
  ///   - bytes: How long the value's JSON text may become, closing brackets not counted.
  /// - Returns: The value as far as it goes.
  public func value(
    at slot: Int, in context: borrowing Context, upTo bytes: Int
  ) -> ValueExcerpt? {
    guard slots.indices.contains(slot), slots[slot].kind != .missing else { return nil }
    let nothing = Store()
    let memory = Memory(
      constants: nothing.view, context: context.store.view, scratch: nothing.view)
    return memory.excerpt(slots[slot], upTo: bytes)
  }
}

extension Machine {
  /// The value once the evaluation has finished, null before, as far as it is short enough.
  ///
  /// - Parameters:
  ///   - program: The program that has finished.
  ///   - context: The context it was run with.
  ///   - bytes: How long the value's JSON text may become, closing brackets not counted.
  /// - Returns: The value as far as it goes.
  public func value(
    _ program: Program, _ context: borrowing Context, upTo bytes: Int
  ) -> ValueExcerpt {
    guard isFinished else { return ValueExcerpt(value: .null, isCut: false) }
    return scratch.memory(program, context).excerpt(stack[0], upTo: bytes)
  }
}

extension Memory {
  fileprivate func excerpt(_ cell: Cell, upTo bytes: Int) -> ValueExcerpt {
    var room = ExcerptRoom(bytes: bytes)
    let value = value(cell, within: &room)
    return ValueExcerpt(value: value ?? .null, isCut: room.isUsedUp)
  }

  /// As deep as ``value(_:)`` and no longer than the room; `nil` where nothing of it fits.
  private func value(_ cell: Cell, within room: inout ExcerptRoom) -> Value? {
    switch cell.kind {
    case .missing, .null, .logical: return room.take(5) ? value(cell) : nil
    case .number:
      return room.take(ECMAScriptNumber.text(cell.number).utf8.count) ? value(cell) : nil
    case .text: return string(cell, within: &room).map { .text($0) }
    case .list:
      guard room.take(2) else { return nil }
      let elements = elements(cell)
      var values: [Value] = []
      for index in elements.indices {
        guard index == 0 || room.take(1), let element = value(elements[index], within: &room)
        else { break }
        values.append(element)
        if room.isUsedUp { break }
      }
      return .list(values)
    case .object:
      guard room.take(2) else { return nil }
      let members = members(cell)
      var values: [Value.Member] = []
      for index in stride(from: 0, to: members.count, by: 2) {
        // A name without its end would be another name, so that it counts as none.
        guard index == 0 || room.take(1), let name = string(members[index], within: &room),
          room.take(1), let value = value(members[index + 1], within: &room)
        else { break }
        values.append(Value.Member(name: name, value: value))
        if room.isUsedUp { break }
      }
      return .object(values)
    }
  }

  /// The text, or its beginning.
  private func string(_ cell: Cell, within room: inout ExcerptRoom) -> String? {
    guard room.take(2) else { return nil }
    let utf8 = text(cell)
    var end = 0
    while end < utf8.count, room.takeEscaped(utf8[end]) { end += 1 }
    // A scalar is kept whole or not at all.
    if end < utf8.count { while end > 0, utf8[end] & 0xC0 == 0x80 { end -= 1 } }
    return String(copying: utf8.extracting(0..<end))
  }
}

/// What is left of the bytes that an excerpt may take.
private struct ExcerptRoom {
  private var bytes: Int
  /// Whether something found no room; what comes after it finds none either.
  private(set) var isUsedUp = false

  init(bytes: Int) { self.bytes = bytes }

  mutating func take(_ count: Int) -> Bool {
    guard !isUsedUp, count <= bytes else {
      isUsedUp = true
      return false
    }
    bytes -= count
    return true
  }

  /// Takes what a byte of a text needs in JSON.
  mutating func takeEscaped(_ byte: UInt8) -> Bool {
    take(byte < 0x20 ? 6 : byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 2 : 1)
  }
}
