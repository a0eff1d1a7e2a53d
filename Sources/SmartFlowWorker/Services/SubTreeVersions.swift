internal import Hashes
internal import WorkerLink

/// The versions of the published trees that are part of a tree, as log and audit have them.
struct SubTreeVersions {
  /// Names and versions, in the order in which they were come to: `vip@3 winback@1`.
  private(set) var text = ""
  /// SHA-256 of a line `vip@3 <digest of its JSON>` for each; `nil` where there are none.
  private(set) var digest: Digest?

  var isEmpty: Bool { digest == nil }

  /// None.
  init() {}

  /// These, each with the digest of its canonical JSON.
  init(_ versions: [(treeID: String, version: UInt64, digest: Digest)]) {
    guard !versions.isEmpty else { return }
    text = versions.map { "\($0.treeID)@\($0.version)" }.joined(separator: " ")
    let lines = versions.map { "\($0.treeID)@\($0.version) \($0.digest.text)\n" }.joined()
    // Safe: UTF-8 is bytes.
    digest = unsafe Digest(SHA256.digest(of: lines.utf8Span.span.bytes))
  }
}
