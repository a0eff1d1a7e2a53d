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
}
