/// Decimal numbers of few digits, which take no more than one division.
public enum ShortDecimal {
  /// How many digits a number may have, those behind the point counted.
  public static let digits = 15

  /// A number of at most ``digits``, `scale` of them behind the point.
  ///
  /// Exact: 15 digits and a power of ten up to 10^22 are doubles, and their quotient is rounded once.
  ///
  /// - Source: William Clinger, "How to Read Floating Point Numbers Accurately", 1990.
  public static func value(_ digits: UInt64, scale: Int) -> Double {
    Double(digits) / powersOfTen[scale]
  }

  private static let powersOfTen: [16 of Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
