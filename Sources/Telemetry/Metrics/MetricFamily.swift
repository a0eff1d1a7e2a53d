/// A metric as it is declared: everything about it but its values.
public struct MetricFamily: Equatable, Sendable {
  /// How its values behave.
  public enum Kind: String, Sendable {
    /// Only rises, until the daemon starts anew.
    case counter
    /// Rises and falls.
    case gauge
    /// Counts of observations by size, and their sum.
    case histogram
    /// Facts in labels; its value is always 1.
    case info
  }

  /// Its name without what a format appends to it, such as `_total`.
  public let name: String
  /// One sentence for people, without a full stop.
  public let help: String
  /// The unit, which the name ends with; empty where things are counted.
  public let unit: String
  /// How its values behave.
  public let kind: Kind
  /// The names of its labels, in the order of their values.
  public let labels: [String]

  init(
    _ name: String, _ kind: Kind, unit: String = "", labels: [String] = [], _ help: String
  ) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.labels = labels
    self.help = help
  }

  /// The name that queries use: with `_total`, or `_info`, where its kind wants it.
  public var sampleName: String {
    switch kind {
    case .counter: name + "_total"
    case .info: name + "_info"
    case .gauge, .histogram: name
    }
  }
}
