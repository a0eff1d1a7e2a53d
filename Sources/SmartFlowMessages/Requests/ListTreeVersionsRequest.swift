/// Asks for a tree's versions, the newest first, a page at a time.
public struct ListTreeVersionsRequest: RequestMessage, Equatable {
  /// What answers it.
  public typealias Response = ListTreeVersionsResponse
  /// The method that takes it.
  public static var method: Method { .listTreeVersions }

  /// The tree.
  public var treeID: String
  /// Entries of a page; 0 leaves it to the server.
  public var pageSize: UInt32
  /// From the page before; empty for the first.
  public var pageToken: String

  /// Makes a request.
  public init(treeID: String, pageSize: UInt32 = 0, pageToken: String = "") {
    self.treeID = treeID
    self.pageSize = pageSize
    self.pageToken = pageToken
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.text(1, treeID, to: &output)
    Wire.integer(2, UInt64(pageSize), to: &output)
    Wire.text(3, pageToken, to: &output)
  }
}
