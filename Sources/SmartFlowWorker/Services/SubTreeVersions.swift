internal import Hashes
internal import WorkerLink

/// The versions of the published trees that are part of a tree, as log and audit have them.
struct SubTreeVersions {
  /// Names and versions, in the order in which they were come to: `vip@3 winback@1`.
  private(set) var text = ""
  /// SHA-256 of a line `vip@3 <digest of its JSON>` for each; `nil` where there are none.
  private(set) var digest: Digest?

  var isEmpty: Bool { digest == nil }

  /// The versions that one tree after the other adds to.
  ///
  /// Hashed as they come: the lines of a thousand would take a millisecond at once.
  struct Collector {
    private var text = ""
    private var hasher = SHA256.Hasher()

    /// Bytes of the text so far.
    var byteCount: Int { text.utf8.count }

    /// What was added.
    var versions: SubTreeVersions {
      var versions = SubTreeVersions()
      guard !text.isEmpty else { return versions }
      versions.text = text
      versions.digest = Digest(hasher.digest())
      return versions
    }

    /// Adds a version with the digest of its canonical JSON.
    mutating func add(_ treeID: String, _ version: UInt64, _ digest: Digest) {
      let name = "\(treeID)@\(version)"
      if !text.isEmpty { text += " " }
      text += name
      var line = Array(name.utf8)
      line.append(UInt8(ascii: " "))
      Hexadecimal.append(digest.inlineBytes.span, to: &line)
      line.append(0x0A)
      // Safe: bytes of any content are bytes.
      unsafe hasher.update(line.span.bytes)
    }
  }
}
