/// How a call ended, in gRPC's canonical codes.
///
/// - Source: `google/rpc/code.proto`.
public enum StatusCode: Int32, Sendable, CaseIterable {
  /// Fine.
  case ok = 0
  /// The caller gave it up.
  case cancelled = 1
  /// Nobody knows why.
  case unknown = 2
  /// The request is wrong whatever the state of the server.
  case invalidArgument = 3
  /// The deadline passed.
  case deadlineExceeded = 4
  /// There is no such thing.
  case notFound = 5
  /// There is one already.
  case alreadyExists = 6
  /// The caller may not.
  case permissionDenied = 7
  /// A limit is exhausted.
  case resourceExhausted = 8
  /// The request is sound, but not in this state of things.
  case failedPrecondition = 9
  /// Somebody else was faster.
  case aborted = 10
  /// Past the end.
  case outOfRange = 11
  /// There is no such service or method, or not yet.
  case unimplemented = 12
  /// The server's own fault.
  case `internal` = 13
  /// Not now; try again.
  case unavailable = 14
  /// Data are lost for good.
  case dataLoss = 15
  /// Nobody knows who the caller is.
  case unauthenticated = 16

  /// The code as gRPC spells it.
  public var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}
