/// One setting of a daemon, and who said it.
public struct ConfigurationValueMessage: Equatable, Sendable {
  /// Who said it.
  public enum Source: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// A flag.
    case flag = 1
    /// An environment variable.
    case environment = 2
    /// The configuration file.
    case file = 3
    /// Nobody: what holds then.
    case standard = 4
  }

  /// As the flag has it without its dashes.
  public var name: String
  /// As a person writes it; empty where there is nothing.
  public var value: String
  /// Who said it.
  public var source: Source
  /// The flag, the variable, or the file with line and column; empty where nobody has said it.
  public var place: String
  /// What it will be after a restart, where that is something else; empty where it is not.
  public var pendingValue: String

  /// Makes an entry.
  public init(
    name: String, value: String, source: Source, place: String = "", pendingValue: String = ""
  ) {
    self.name = name
    self.value = value
    self.source = source
    self.place = place
    self.pendingValue = pendingValue
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, name, to: &output)
    Wire.text(2, value, to: &output)
    Wire.integer(3, signed: Int64(source.rawValue), to: &output)
    Wire.text(4, place, to: &output)
    Wire.text(5, pendingValue, to: &output)
  }
}
