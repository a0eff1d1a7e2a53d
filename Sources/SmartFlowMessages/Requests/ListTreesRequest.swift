/// Asks for published trees by name, a page at a time.
public struct ListTreesRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ListTreesResponse
  /// The method that takes it.
  public static var method: Method { .listTrees }

  /// How the names begin.
  public var prefix: String
  /// Entries of a page; 0 leaves it to the server.
  public var pageSize: UInt32
  /// From the page before; empty for the first.
  public var pageToken: String
  /// Whether trees that were retired are wanted too.
  public var includeRetired: Bool

  /// Makes a request.
  public init(
    prefix: String = "", pageSize: UInt32 = 0, pageToken: String = "", includeRetired: Bool = false
  ) {
    self.prefix = prefix
    self.pageSize = pageSize
    self.pageToken = pageToken
    self.includeRetired = includeRetired
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, prefix, to: &output)
    Wire.integer(2, UInt64(pageSize), to: &output)
    Wire.text(3, pageToken, to: &output)
    Wire.logical(4, includeRetired, to: &output)
  }
}
