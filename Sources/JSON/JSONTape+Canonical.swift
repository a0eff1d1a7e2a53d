internal import NumberText

extension JSONTape {
  /// The bytes of RFC 8785, as ``JSONWriter/appendCanonical(_:to:)`` writes them.
  package func canonical() -> [UInt8] {
    // INVARIANT: nothing is longer there than in the source: a text has the shortest escapes, and a number of at most 15
    // digits the same or fewer.
    [UInt8](capacity: bytes.count) { output in write(0, to: &output) }
  }

  /// As deep as the text.
  private func write(_ place: Int, to output: inout OutputSpan<UInt8>) {
    switch entries[place].kind {
    case .null: write("null", to: &output)
    case .true: write("true", to: &output)
    case .false: write("false", to: &output)
    case .number:
      var digits: [UInt8] = []
      ECMAScriptNumber.append(number(at: place), to: &digits)
      output.append(copying: digits.span)
    case .text, .resolvedText, .writtenInSource, .written: write(text: place, to: &output)
    case .list: write(list: place, to: &output)
    case .object: write(object: place, to: &output)
    }
  }

  private func write(_ word: StaticString, to output: inout OutputSpan<UInt8>) {
    // Safe: the index is below the count.
    for index in 0..<word.utf8CodeUnitCount { output.append(unsafe word.utf8Start[index]) }
  }

  private func write(list place: Int, to output: inout OutputSpan<UInt8>) {
    output.append(UInt8(ascii: "["))
    var element = first(in: place)
    while element < end(of: place) {
      if element > first(in: place) { output.append(UInt8(ascii: ",")) }
      write(element, to: &output)
      element = end(of: element)
    }
    output.append(UInt8(ascii: "]"))
  }

  private func write(object place: Int, to output: inout OutputSpan<UInt8>) {
    var names = [16 of Int32](repeating: 0)
    var count = 0
    var name = first(in: place)
    while name < end(of: place) {
      // Each goes to its place among those before it: there are few.
      var index = count
      while index > 0, precedes(name, Int(names[index - 1])) {
        names[index] = names[index - 1]
        index -= 1
      }
      names[index] = Int32(name)
      count += 1
      name = end(of: value(of: name))
    }
    output.append(UInt8(ascii: "{"))
    for index in 0..<count {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      write(text: Int(names[index]), to: &output)
      output.append(UInt8(ascii: ":"))
      write(value(of: Int(names[index])), to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    var budget = 0
    return CanonicalOrder.precedes(text(at: left), text(at: right), from: 0, &budget)
  }

  private func write(text place: Int, to output: inout OutputSpan<UInt8>) {
    output.append(UInt8(ascii: "\""))
    if entries[place].kind == .text {
      output.append(copying: bytes.span.extracting(entries[place].range))
    } else if entries[place + 1].kind == .writtenInSource {
      output.append(copying: bytes.span.extracting(entries[place + 1].range))
    } else {
      output.append(copying: resolved.span.extracting(entries[place + 1].range))
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension OutputSpan<UInt8> {
  /// Adds bytes at the end, all of them at once.
  package mutating func append(copying bytes: Span<UInt8>) {
    precondition(bytes.count <= freeCapacity, "room for the bytes was asked for")
    // Safe: both buffers are as long as what is copied, and lie apart.
    unsafe withUnsafeMutableBufferPointer { output, count in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let source = bytes.baseAddress, let start = output.baseAddress else { return }
        unsafe (start + count).update(from: source, count: bytes.count)
        count += bytes.count
      }
    }
  }
}
