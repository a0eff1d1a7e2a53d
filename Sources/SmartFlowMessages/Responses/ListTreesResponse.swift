/// A page of published trees.
public struct ListTreesResponse: ResponseMessage {
  /// By name.
  public var trees: [TreeSummaryMessage]
  /// Empty after the last page.
  public var nextPageToken: String

  /// Makes a response.
  public init(trees: [TreeSummaryMessage], nextPageToken: String = "") {
    self.trees = trees
    self.nextPageToken = nextPageToken
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    for tree in trees { Wire.message(1, to: &output) { tree.append(to: &$0) } }
    Wire.text(2, nextPageToken, to: &output)
  }
}
