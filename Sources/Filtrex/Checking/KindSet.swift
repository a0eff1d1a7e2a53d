/// The kinds that a value can be of, as a set.
///
/// The two logicals are kinds of their own, so that what is known of a condition is a set like any other.
package struct KindSet: OptionSet, Sendable, Hashable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No value at all: a property that the context lacks.
  package static let missing = KindSet(rawValue: 1)
  package static let null = KindSet(rawValue: 2)
  package static let isFalse = KindSet(rawValue: 4)
  package static let isTrue = KindSet(rawValue: 8)
  package static let number = KindSet(rawValue: 16)
  package static let text = KindSet(rawValue: 32)
  package static let list = KindSet(rawValue: 64)
  package static let object = KindSet(rawValue: 128)

  package static let logical: KindSet = [.isTrue, .isFalse]
  /// Whatever a property that is there can be.
  package static let value = KindSet(rawValue: 254)
}
