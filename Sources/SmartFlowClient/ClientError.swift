public import SmartFlowMessages
internal import TTRPC

/// Why a call has no answer: what the server said, or what came between.
public struct ClientError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A gRPC code; open, since a server may know more of them.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public var rawValue: Int32
    /// Takes any number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The caller gave it up.
    public static let cancelled = Code(rawValue: 1)
    /// The request is wrong.
    public static let invalidArgument = Code(rawValue: 3)
    /// The deadline passed.
    public static let deadlineExceeded = Code(rawValue: 4)
    /// There is no such thing.
    public static let notFound = Code(rawValue: 5)
    /// The caller may not.
    public static let permissionDenied = Code(rawValue: 7)
    /// What was to be new is there already.
    public static let alreadyExists = Code(rawValue: 6)
    /// Somebody else was faster; look how it stands now.
    public static let aborted = Code(rawValue: 10)
    /// A limit is exhausted.
    public static let resourceExhausted = Code(rawValue: 8)
    /// The tree can not be decided for this context.
    public static let failedPrecondition = Code(rawValue: 9)
    /// There is no such service, method or option.
    public static let unimplemented = Code(rawValue: 12)
    /// A fault of the server, or of this library.
    public static let `internal` = Code(rawValue: 13)
    /// Nobody is there, or not for long enough.
    public static let unavailable = Code(rawValue: 14)

    /// Nobody knows why.
    public static let unknown = Code(rawValue: 2)
    /// Past the end.
    public static let outOfRange = Code(rawValue: 11)
    /// Data are lost for good.
    public static let dataLoss = Code(rawValue: 15)
    /// Nobody knows who the caller is.
    public static let unauthenticated = Code(rawValue: 16)

    /// The code as gRPC spells it.
    public var name: String { StatusCode(rawValue: rawValue)?.name ?? "CODE_\(rawValue)" }
  }

  /// What kind of failure it is.
  public var code: Code
  /// One sentence for people.
  public var message: String
  /// Facts for programs, from the server.
  public var details: [StatusDetail]
  /// Whether it came from the way to the server rather than from the server.
  public var isTransport: Bool
  /// Whether the connection ended after the call had been sent: what became of it is not known.
  public private(set) var isConnectionLost = false

  /// A failure on the way to the server.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
    details = []
    isTransport = true
  }

  /// The connection ended before the answer came.
  static func connectionLost(_ reason: String) -> ClientError {
    var error = ClientError(.unavailable, reason)
    error.isConnectionLost = true
    return error
  }

  /// A message that no frame may hold.
  static func tooLarge(_ what: String) -> ClientError {
    var error = ClientError(
      .resourceExhausted, "\(what) is over the protocol's limit of \(Limits.messageBytes)")
    error.details = [.errorInfo(reason: "MESSAGE_TOO_LARGE")]
    return error
  }

  /// What a server said.
  public init(_ status: RPCStatus) {
    code = Code(rawValue: status.code)
    message = status.message
    details = status.details
    isTransport = false
  }

  /// The code and the message.
  public var description: String { "\(code.name): \(message)" }
}
