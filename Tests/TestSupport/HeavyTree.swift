/// A tree that takes far longer than any deadline, where fuel does not end it: each of its conditions compares two
/// long lists.
public enum HeavyTree {
  /// Its JSON.
  public static let json: String = {
    let condition =
      #"{"type":"Condition","parameters":{"expression":"l in l and l in l and l in l"},"trueAction":{"type":"GrantBonus","parameters":{"amount":1}}}"#
    let conditions = Array(repeating: condition, count: 90).joined(separator: ",")
    return #"{"type":"Sequence","actions":[\#(conditions)]}"#
  }()
  /// What it works on.
  public static let context = context(elements: 1500)
  /// Four times the work of ``context``.
  public static let longContext = context(elements: 3000)
  /// More than it can use.
  public static let fuelLimit = ["--fuel-limit", "1000000000000"]

  private static func context(elements: Int) -> String {
    #"{"l":[\#((0..<elements).map(String.init).joined(separator: ","))]}"#
  }
}
