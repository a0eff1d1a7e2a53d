public import SmartFlowMessages

// What the server's details say, for programs; codes, reasons and metadata never change, messages may.

extension ClientError {
  /// Why: `UNKNOWN_PROPERTY`; empty where the code says it all.
  public var reason: String {
    for case .errorInfo(let reason, _, _) in details { return reason }
    return ""
  }

  /// The reason's facts.
  ///
  /// `path`, `expression`, `property`, `expected`, `received`, …
  public var metadata: [String: String] {
    for case .errorInfo(_, _, let metadata) in details { return metadata }
    return [:]
  }

  /// Where it is: an RFC 6901 pointer to the tree's node; `nil` where the error is not a node's.
  public var path: String? { metadata["path"] }

  /// What is wrong with the request, field by field, each with its remedy.
  public var violations: [FieldViolation] {
    for case .badRequest(let violations) in details { return violations }
    return []
  }

  /// What was not found, by its type and its name.
  public var resource: (type: String, name: String)? {
    for case .resourceInfo(let type, let name, _, _) in details { return (type, name) }
    return nil
  }

  /// After how long the server would be asked again; `nil` where it does not say.
  public var retryDelay: Duration? {
    for case .retryInfo(let delay) in details { return delay }
    return nil
  }

  /// How far a traced execution had come when it failed; `nil` where none was asked for, or it does not parse.
  public var execution: ExecutionMessage? {
    for detail in details {
      // A detail that does not parse says nothing; the error is the status all the same.
      if let execution = try? detail.execution() { return execution }
    }
    return nil
  }
}
