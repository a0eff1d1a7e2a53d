/// One setting of the daemon, as the keeper tells a worker of it.
public struct ConfiguredValue: Equatable, Sendable {
  /// Who said what the value is.
  public enum Source: UInt64, Sendable {
    /// A flag.
    case flag = 1
    /// An environment variable.
    case environment = 2
    /// The configuration file.
    case file = 3
    /// Nobody.
    case standard = 4
  }

  /// What a worker lays on its desk to ask for all of them: the keeper answers it without the store, to which these
  /// bytes say nothing.
  public static let question: [UInt8] = Array("configuration".utf8)

  /// As the flag has it without its dashes.
  public var name: String
  /// As a person writes it; empty where there is nothing.
  public var value: String
  /// Who said so.
  public var source: Source
  /// Where: `--workers`, `SMARTFLOW_WORKERS`, `smartflowd.json:3:14`; empty where nobody did.
  public var place: String
  /// What it will be after a restart, where that is something else; empty where it is not.
  public var pending: String

  /// Makes one of its parts.
  public init(name: String, value: String, source: Source, place: String, pending: String) {
    self.name = name
    self.value = value
    self.source = source
    self.place = place
    self.pending = pending
  }

  func append(to writer: inout LinkWriter) {
    writer.text(name)
    writer.text(value)
    writer.number(source.rawValue)
    writer.text(place)
    writer.text(pending)
  }

  init(_ reader: inout LinkReader) throws(LinkReader.Malformed) {
    name = try reader.text(atMost: Limits.configuredTextBytes)
    value = try reader.text(atMost: Limits.configuredTextBytes)
    guard let source = Source(rawValue: try reader.number()) else { throw LinkReader.Malformed() }
    self.source = source
    place = try reader.text(atMost: Limits.configuredTextBytes)
    pending = try reader.text(atMost: Limits.configuredTextBytes)
  }
}
