import Hashes
import Testing

@Suite struct `SHA-256` {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `gives the digests of FIPS 180-4`(text: String, digest: String) {
    let bytes = Array(text.utf8)
    #expect(Hexadecimal.text(SHA256.digest(of: bytes.span.bytes).span) == digest)
  }

  @Test(arguments: [1, 7, 63, 64, 65, 1000])
  func `is the same when the bytes come in pieces`(pieceBytes: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var hasher = SHA256.Hasher()
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      let piece = Array(bytes[start..<min(start + pieceBytes, bytes.count)])
      hasher.update(piece.span.bytes)
    }
    let whole = Hexadecimal.text(SHA256.digest(of: bytes.span.bytes).span)
    #expect(Hexadecimal.text(hasher.digest().span) == whole)
    #expect(Hexadecimal.text(hasher.digest().span) == whole)
  }
}
