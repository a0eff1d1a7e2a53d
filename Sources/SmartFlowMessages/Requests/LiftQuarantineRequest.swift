/// Asks to let a tree run again that was found to end workers.
public struct LiftQuarantineRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = LiftQuarantineResponse
  /// The method that takes it.
  public static var method: Method { .liftQuarantine }

  /// The tree's digest as the quarantine's list has it, 32 bytes.
  public var digest: [UInt8]

  /// Makes a request.
  public init(digest: [UInt8]) { self.digest = digest }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) { Wire.bytes(1, digest, to: &output) }
}
