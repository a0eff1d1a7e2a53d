/// A place in a text, for people.
public struct JSONPosition: Equatable, Sendable {
  /// The line, from 1.
  public var line: Int
  /// The character in the line, from 1, in Unicode scalars.
  public var column: Int

  /// Makes a place.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

extension JSONParser {
  /// Where the value that a pointer names begins, or `nil` when the text has no such value.
  public static func position(of pointer: JSONPointer, in bytes: RawSpan) -> JSONPosition? {
    let wanted = pointer.components
    var scanner = JSONScanner(bytes, limits: .standard)
    /// The open containers: the name or number of the value that is read in each.
    var open: [(isObject: Bool, index: Int, key: String)] = []
    do throws(JSONError) {
      while let event = try scanner.next() {
        switch event {
        case .endObject, .endList:
          open.removeLast()
          continue
        case .key(let range):
          // Safe: a range of the text itself.
          open[open.count - 1].key = String(decoding: bytes.extracting(range))
          continue
        case .unescapedKey:
          open[open.count - 1].key = String(decoding: scanner.unescaped, as: UTF8.self)
          continue
        default: break
        }
        if let top = open.indices.last, !open[top].isObject { open[top].index += 1 }
        let path = open.map { $0.isObject ? $0.key : String($0.index) }
        if isSame(path, wanted) {
          let error = scanner.error(.empty, at: scanner.lastValueOffset)
          return JSONPosition(line: error.line, column: error.column)
        }
        switch event {
        case .beginObject: open.append((true, -1, ""))
        case .beginList: open.append((false, -1, ""))
        default: break
        }
      }
    } catch {
      // A text that does not parse has been complained of by whoever parsed it.
      return nil
    }
    return nil
  }

  /// By bytes: Swift would take a composed and a decomposed `é` for one name.
  private static func isSame(_ left: [String], _ right: [String]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
