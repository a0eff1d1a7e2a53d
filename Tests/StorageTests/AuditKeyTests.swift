import Foundation
import Glibc
@testable import Storage
import TestSupport
import Testing
import UnixSocket

@Suite struct `An audit key` {
  private let folder: TemporaryFolder
  private var path: String { folder.path("audit.key") }

  init() throws { folder = try TemporaryFolder() }

  private func publicKey() throws -> AuditPublicKey { try AuditKey(path: path).publicKey }

  @Test func `is made once, for its owner alone, and its public key beside it for everybody`()
    throws
  {
    let first = try publicKey()
    #expect(try publicKey() == first)
    #expect(try AuditPublicKey(path: path + ".pub") == first)
    #expect(try Descriptor.open(path, .read).fileStatus().mode == 0o600)
    #expect(try Folder.names(in: folder.url.path) == ["audit.key", "audit.key.pub"])
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o700 | 0o001] as [mode_t])
  func `with rights for others is refused`(mode: mode_t) throws {
    _ = try publicKey()
    #expect(chmod(path, mode) == 0)
    #expect(throws: AuditError.keyRights(path: path, mode: UInt32(mode))) { _ = try publicKey() }
  }

  @Test func `that is something else is refused, and left as it is`() throws {
    for text in [
      "", "smartflow-audit-key-v1\n",
      "smartflow-audit-key-v1\n" + String(repeating: "A", count: 64) + "\n",
    ] {
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(chmod(path, 0o600) == 0)
      #expect(throws: AuditError.notAKey(path: path)) { _ = try publicKey() }
      #expect(try KeyText.read(path) == Array(text.utf8))
    }
  }

  @Test func `beside another's public key is refused`() throws {
    _ = try publicKey()
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: AuditError.publicKeyDiffers(path: path + ".pub")) { _ = try publicKey() }
  }

  @Test func `signs as RFC 8032 does`() throws {
    // Section 7.1, test 2.
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    let key = try AuditKey(seed: try #require(KeyText.bytes(of: Array(seed.utf8))))
    let publicKey = key.publicKey
    let signature = key.signature(of: [0x72])
    #expect(
      publicKey.description == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    #expect(
      String(decoding: signature, as: UTF8.self)
        == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    #expect(publicKey.verifies(signature, of: [0x72]))
    #expect(!publicKey.verifies(signature, of: [0x73]))
  }
}
