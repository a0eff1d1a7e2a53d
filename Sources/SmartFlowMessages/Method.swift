/// The calls that a server of ours knows; anything else is UNIMPLEMENTED.
public enum Method: Int, CaseIterable, Sendable {
  /// `smartflow.v1.ExecutionService/ExecuteTree`.
  case executeTree
  /// `smartflow.v1.ExecutionService/ExecuteBatch`.
  case executeBatch
  /// `smartflow.v1.ExecutionService/ValidateTree`.
  case validateTree
  /// `grpc.health.v1.Health/Check`.
  case healthCheck
  /// `smartflow.v1.AdminService/GetServerInfo`.
  case getServerInfo
  /// `smartflow.v1.AdminService/LiftQuarantine`.
  case liftQuarantine
  /// `smartflow.v1.TreeService/PublishTree`.
  case publishTree
  /// `smartflow.v1.TreeService/GetTree`.
  case getTree
  /// `smartflow.v1.TreeService/ListTrees`.
  case listTrees
  /// `smartflow.v1.TreeService/ListTreeVersions`.
  case listTreeVersions
  /// `smartflow.v1.TreeService/ActivateTree`.
  case activateTree
  /// `smartflow.v1.TreeService/RetireTree`.
  case retireTree
  /// `smartflow.v1.AdminService/GetMetrics`.
  case getMetrics
  /// `smartflow.v1.AdminService/SetLogLevel`.
  case setLogLevel
  /// `smartflow.v1.AdminService/Drain`.
  case drain
  /// `grpc.health.v1.Health/List`.
  case healthList

  /// A socket of the server.
  public enum Socket: Sendable {
    /// What game servers call.
    case data
    /// What operators call; it serves all that the data socket serves.
    case admin
  }

  /// The service's full name, as the envelope carries it.
  public var service: String {
    switch self {
    case .executeTree, .executeBatch, .validateTree: "smartflow.v1.ExecutionService"
    case .healthCheck, .healthList: "grpc.health.v1.Health"
    case .getServerInfo, .liftQuarantine, .getMetrics, .setLogLevel, .drain:
      "smartflow.v1.AdminService"
    case .publishTree, .getTree, .listTrees, .listTreeVersions, .activateTree, .retireTree:
      "smartflow.v1.TreeService"
    }
  }

  /// The method's own name.
  public var name: String {
    switch self {
    case .executeTree: "ExecuteTree"
    case .executeBatch: "ExecuteBatch"
    case .validateTree: "ValidateTree"
    case .healthCheck: "Check"
    case .getServerInfo: "GetServerInfo"
    case .liftQuarantine: "LiftQuarantine"
    case .publishTree: "PublishTree"
    case .getTree: "GetTree"
    case .listTrees: "ListTrees"
    case .listTreeVersions: "ListTreeVersions"
    case .activateTree: "ActivateTree"
    case .retireTree: "RetireTree"
    case .getMetrics: "GetMetrics"
    case .setLogLevel: "SetLogLevel"
    case .drain: "Drain"
    case .healthList: "List"
    }
  }

  /// Service and method, as logs and metrics write it: `smartflow.v1.ExecutionService/ExecuteTree`.
  public var fullName: String { service + "/" + name }

  /// Where the method is served: on the data socket too, or on the admin socket only.
  public var socket: Socket {
    switch self {
    case .executeTree, .executeBatch, .validateTree, .healthCheck, .healthList: .data
    case .getServerInfo, .liftQuarantine, .publishTree, .getTree, .listTrees, .listTreeVersions,
      .activateTree, .retireTree, .getMetrics, .setLogLevel, .drain:
      .admin
    }
  }

  /// Whether a call to this method is served on `socket`.
  public func isServed(on socket: Socket) -> Bool { socket == .admin || self.socket == .data }

  /// Finds a method by its names, without an allocation.
  init?(service: Span<UInt8>, name: Span<UInt8>) {
    // The most frequent first. Spelled out, since `allCases` is an array made anew at each use.
    if Self.executeTree.isNamed(service, name) {
      self = .executeTree
    } else if Self.healthCheck.isNamed(service, name) {
      self = .healthCheck
    } else if Self.executeBatch.isNamed(service, name) {
      self = .executeBatch
    } else if Self.validateTree.isNamed(service, name) {
      self = .validateTree
    } else if Self.getServerInfo.isNamed(service, name) {
      self = .getServerInfo
    } else if Self.liftQuarantine.isNamed(service, name) {
      self = .liftQuarantine
    } else if Self.publishTree.isNamed(service, name) {
      self = .publishTree
    } else if Self.getTree.isNamed(service, name) {
      self = .getTree
    } else if Self.listTrees.isNamed(service, name) {
      self = .listTrees
    } else if Self.listTreeVersions.isNamed(service, name) {
      self = .listTreeVersions
    } else if Self.activateTree.isNamed(service, name) {
      self = .activateTree
    } else if Self.retireTree.isNamed(service, name) {
      self = .retireTree
    } else if Self.getMetrics.isNamed(service, name) {
      self = .getMetrics
    } else if Self.setLogLevel.isNamed(service, name) {
      self = .setLogLevel
    } else if Self.drain.isNamed(service, name) {
      self = .drain
    } else if Self.healthList.isNamed(service, name) {
      self = .healthList
    } else {
      return nil
    }
  }

  private func isNamed(_ service: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    self.name.utf8.span.hasSameBytes(as: name) && self.service.utf8.span.hasSameBytes(as: service)
  }
}

extension Span<UInt8> {
  func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var at = 0
    // Safe, in both: the loads end inside the bytes, which are as many on either side.
    while at + 8 <= count {
      let own = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      if unsafe own != other.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self) {
        return false
      }
      at += 8
    }
    for index in at..<count where self[index] != other[index] { return false }
    return true
  }

  /// Whether the bytes are `lowercase`, letters of either case taken as equal.
  func hasSameLetters(as lowercase: Span<UInt8>) -> Bool {
    guard count == lowercase.count else { return false }
    for index in indices {
      let byte = self[index]
      let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      if lower != lowercase[index] { return false }
    }
    return true
  }
}
