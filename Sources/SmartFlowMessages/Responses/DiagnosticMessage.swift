/// One finding about a tree.
public struct DiagnosticMessage: Equatable, Sendable {
  /// How bad it is.
  public enum Severity: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// The tree can not run.
    case error = 1
    /// The tree runs, and probably does not do what was meant.
    case warning = 2
    /// Worth knowing.
    case note = 3
  }

  /// How bad it is.
  public var severity: Severity
  /// "UNKNOWN_FUNCTION".
  public var code: String
  /// JSON pointer.
  public var path: String
  /// UTF-8 offsets inside the expression.
  public var range: Range<UInt32>
  /// One sentence, with the remedy.
  public var message: String

  /// Makes a finding.
  public init(
    severity: Severity, code: String, path: String, range: Range<UInt32> = 0..<0, message: String
  ) {
    self.severity = severity
    self.code = code
    self.path = path
    self.range = range
    self.message = message
  }

  func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(severity.rawValue), to: &output)
    Wire.text(2, code, to: &output)
    Wire.text(3, path, to: &output)
    Wire.integer(4, UInt64(range.lowerBound), to: &output)
    Wire.integer(5, UInt64(range.upperBound), to: &output)
    Wire.text(6, message, to: &output)
  }
}
