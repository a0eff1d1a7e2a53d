/// One listening socket.
public struct SocketInfoMessage: Equatable, Sendable {
  /// Whom a socket is for.
  public enum Purpose: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// Game servers.
    case data = 1
    /// Operators.
    case admin = 2
  }

  /// Where it lies.
  public var path: String
  /// Whom it is for.
  public var purpose: Purpose
  /// Permission bits.
  public var mode: UInt32

  /// Makes a description.
  public init(path: String, purpose: Purpose, mode: UInt32) {
    self.path = path
    self.purpose = purpose
    self.mode = mode
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, path, to: &output)
    Wire.integer(2, signed: Int64(purpose.rawValue), to: &output)
    Wire.integer(3, UInt64(mode), to: &output)
  }
}
