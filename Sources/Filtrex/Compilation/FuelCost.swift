/// What long work costs, over the one unit of its instruction.
///
/// One unit is about what one simple instruction takes; work on bytes is measured against that.
enum FuelCost {
  /// Bytes compared, copied or searched for one unit.
  static let bytesPerUnit = 16
  /// Bytes whose letters are changed in case, or that are hashed, for one unit.
  static let slowBytesPerUnit = 2

  static func bytes(_ count: Int) -> Int { count / bytesPerUnit }
  static func slowBytes(_ count: Int) -> Int { count / slowBytesPerUnit }
  /// An element is a cell, and a cell has as many bytes as a unit buys.
  static func elements(_ count: Int) -> Int { count }

  static var bytesNotation: String { "bytes/\(bytesPerUnit)" }
  /// Bytes of a text that is made.
  static var madeNotation: String { "made/\(bytesPerUnit)" }
  static var slowBytesNotation: String { "bytes/\(slowBytesPerUnit)" }
  static var bytesSummary: String { "1 for each \(bytesPerUnit) bytes" }
}
