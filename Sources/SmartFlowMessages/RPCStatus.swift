/// How a call ended: `google.rpc.Status`.
public struct RPCStatus: Error, Equatable, Sendable {
  /// A gRPC code, kept as a number since a peer may know more of them; 0 is OK.
  public var code: Int32
  /// One sentence for people.
  public var message: String
  /// Facts for programs.
  public var details: [StatusDetail]

  /// Makes a status.
  public init(code: Int32, message: String = "", details: [StatusDetail] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Appends the status as a message of its own.
  public func append(to output: inout [UInt8]) {
    Wire.integer(1, signed: Int64(code), to: &output)
    Wire.text(2, message, to: &output)
    for detail in details { detail.append(field: 3, to: &output) }
  }
}

/// One detail of a status, as `google.protobuf.Any` carries it.
public enum StatusDetail: Equatable, Sendable {
  /// `google.rpc.ErrorInfo`: why, in words for programs.
  case errorInfo(reason: String, domain: String = "smartflow", metadata: [String: String] = [:])
  /// `google.rpc.BadRequest`: what is wrong with the request.
  case badRequest([FieldViolation])
  /// `google.rpc.ResourceInfo`: what was not found.
  case resourceInfo(type: String, name: String, owner: String = "", description: String = "")
  /// `google.rpc.RetryInfo`: when it is worth trying again.
  case retryInfo(delay: Duration)
  /// A detail of a type that is not known here.
  case other(typeURL: String, value: [UInt8])

  static let typeURLPrefix = "type.googleapis.com/"
  static let executionTypeName = "smartflow.v1.Execution"

  /// A traced execution that failed, as `body` writes its fields.
  public static func execution(_ body: (inout [UInt8]) -> Void) -> StatusDetail {
    var value: [UInt8] = []
    body(&value)
    return .other(typeURL: typeURLPrefix + executionTypeName, value: value)
  }

  /// The execution that failed, where the detail is one.
  ///
  /// Read on demand, not with the status: a step's error is a status too, and a peer could nest one in the other
  /// without end.
  ///
  /// - Returns: The execution, or `nil` for a detail of another type.
  /// - Throws: ``MessageError`` when the bytes are not such a message.
  public func execution() throws(MessageError) -> ExecutionMessage? {
    guard case .other(let typeURL, let value) = self,
      typeURL.split(separator: "/").last.map(String.init) == Self.executionTypeName
    else { return nil }
    // Safe: bytes of any content are bytes.
    return unsafe try ExecutionMessage(decoding: value.span.bytes)
  }

  func append(field: UInt32, to output: inout [UInt8]) {
    Wire.message(field, reserving: 2, to: &output) { output in
      switch self {
      case .other(let typeURL, let value):
        Wire.text(1, typeURL, to: &output)
        Wire.bytes(2, value, to: &output)
      case .errorInfo, .badRequest, .resourceInfo, .retryInfo:
        Wire.text(1, Self.typeURLPrefix + typeName, to: &output)
        let mark = Wire.begin(2, in: &output)
        appendContent(to: &output)
        Wire.end(mark, in: &output)
      }
    }
  }

  private var typeName: String {
    switch self {
    case .errorInfo: "google.rpc.ErrorInfo"
    case .badRequest: "google.rpc.BadRequest"
    case .resourceInfo: "google.rpc.ResourceInfo"
    case .retryInfo: "google.rpc.RetryInfo"
    case .other(let typeURL, _): typeURL
    }
  }

  private func appendContent(to output: inout [UInt8]) {
    switch self {
    case .errorInfo(let reason, let domain, let metadata):
      Wire.text(1, reason, to: &output)
      Wire.text(2, domain, to: &output)
      // Sorted, so that the same error is the same bytes.
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        Wire.message(3, to: &output) { output in
          Wire.text(1, key, to: &output)
          Wire.text(2, value, to: &output)
        }
      }
    case .badRequest(let violations):
      for violation in violations {
        Wire.message(1, to: &output) { output in
          Wire.text(1, violation.field, to: &output)
          Wire.text(2, violation.description, to: &output)
        }
      }
    case .resourceInfo(let type, let name, let owner, let description):
      Wire.text(1, type, to: &output)
      Wire.text(2, name, to: &output)
      Wire.text(3, owner, to: &output)
      Wire.text(4, description, to: &output)
    case .retryInfo(let delay):
      Wire.duration(1, delay, to: &output)
    case .other(_, let value):
      output += value
    }
  }
}

/// One fault of a request.
public struct FieldViolation: Equatable, Sendable {
  /// Where: `tree/trueAction/parameters/expression`.
  public var field: String
  /// What is wrong there, and the remedy.
  public var description: String

  /// Makes a violation.
  public init(field: String, description: String) {
    self.field = field
    self.description = description
  }
}
