/// Writes what keeper and worker say of trees: numbers of fixed width, and bytes behind their count.
struct LinkWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number(_ value: UInt64) { bytes.append(word: value) }

  mutating func logical(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func data(_ value: [UInt8]) {
    number(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func text(_ value: String) {
    number(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func list<Element>(_ elements: [Element], _ write: (inout LinkWriter, Element) -> Void) {
    number(UInt64(elements.count))
    for element in elements { write(&self, element) }
  }
}
