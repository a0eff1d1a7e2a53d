/// A page of a tree's versions.
public struct ListTreeVersionsResponse: ResponseMessage {
  /// The newest first.
  public var versions: [TreeVersionMessage]
  /// Empty after the last page.
  public var nextPageToken: String

  /// Makes a response.
  public init(versions: [TreeVersionMessage], nextPageToken: String = "") {
    self.versions = versions
    self.nextPageToken = nextPageToken
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    for version in versions { Wire.message(1, to: &output) { version.append(to: &$0) } }
    Wire.text(2, nextPageToken, to: &output)
  }
}
