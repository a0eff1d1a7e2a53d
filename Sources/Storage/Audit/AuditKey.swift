internal import CSodium
internal import Glibc
internal import Hashes
internal import UnixSocket

/// The key that signs seals, checkpoints and tombstones; its file is a credential of the keeper's.
///
/// - Source: Ed25519 (RFC 8032), by libsodium.
@safe public struct AuditKey: ~Copyable {
  /// What others check signatures with.
  public let publicKey: AuditPublicKey
  /// 64 bytes that libsodium guards, keeps out of swap where it may, and wipes.
  private let secret: UnsafeMutablePointer<UInt8>

  private static let label = "smartflow-audit-key-v1\n"

  /// Reads a key's file; makes it where there is none, and the public key's.
  ///
  /// - Parameters:
  ///   - path: The key's file; mode 0600 or less, this user's or root's.
  ///   - publicKeyPath: Where the public key is written and compared; `PATH.pub` where nothing is said.
  /// - Throws: ``AuditError`` where others have rights on the file, it holds something else, or the kernel refuses.
  public init(path: String, publicKeyPath: String? = nil) throws(AuditError) {
    do throws(SystemError) {
      let isThere = try Folder.contains(path)
      if !isThere { try Self.make(path) }
    } catch {
      throw .system(error)
    }
    let key = try AuditKey(seed: try Self.seed(path))
    try key.publish(publicKeyPath ?? path + ".pub")
    self = key
  }

  /// The key of 32 bytes.
  init(seed: [UInt8]) throws(AuditError) {
    precondition(seed.count == 32, "a seed has 32 bytes")
    // Safe: the guarded memory has the 64 bytes of a secret key, and is freed by deinit.
    guard sodium_init() >= 0, let memory = unsafe sodium_malloc(64) else {
      throw .system(SystemError(call: "sodium_malloc", code: ENOMEM))
    }
    let secret = unsafe memory.bindMemory(to: UInt8.self, capacity: 64)
    var publicBytes = [UInt8](repeating: 0, count: 32)
    _ = unsafe crypto_sign_ed25519_seed_keypair(&publicBytes, secret, seed)
    unsafe self.secret = secret
    publicKey = AuditPublicKey(bytes: publicBytes)
  }

  deinit {
    // Safe: made by init, and nobody keeps the pointer.
    unsafe sodium_free(secret)
  }

  /// The 128 digits of a signature.
  func signature(of message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    // Safe: signature and secret have their 64 bytes, and all are used during the call only.
    _ = unsafe crypto_sign_ed25519_detached(
      &signature, nil, message, UInt64(message.count), secret)
    return Array(Hexadecimal.text(signature.span).utf8)
  }

  private static func make(_ path: String) throws(SystemError) {
    var seed = [UInt8](repeating: 0, count: 32)
    SystemRandom.fill(&seed)
    try place(KeyText.text(seed, label), at: path, mode: 0o600)
  }

  /// Gives a file its name when all of it would outlast a power cut; one that is there meanwhile stays.
  private static func place(
    _ text: [UInt8], at path: String, mode: UInt32
  ) throws(SystemError) {
    let unfinished = path + ".new"
    try Folder.remove(unfinished)
    let file = try Descriptor.open(unfinished, .create(mode: mode))
    try file.writeAll(text)
    try file.synchronize()
    _ = try Folder.link(unfinished, as: path)
    try Folder.remove(unfinished)
    try Folder.synchronize(Folder.containing(path))
  }

  private static func seed(_ path: String) throws(AuditError) -> [UInt8] {
    let status: FileStatus
    do throws(SystemError) { status = try Descriptor.open(path, .read).fileStatus() } catch {
      throw .system(error)
    }
    // Root's, since service managers hand credentials down so; root could read any.
    let isOurs = status.user == geteuid() || status.user == 0
    guard status.isRegular, status.mode & 0o077 == 0, isOurs else {
      throw .keyRights(path: path, mode: status.mode)
    }
    guard let seed = KeyText.parse(try KeyText.read(path), label) else {
      throw .notAKey(path: path)
    }
    return seed
  }

  private func publish(_ path: String) throws(AuditError) {
    do throws(SystemError) {
      let isThere = try Folder.contains(path)
      if !isThere {
        try Self.place(KeyText.text(publicKey.bytes, AuditPublicKey.label), at: path, mode: 0o644)
      }
    } catch {
      throw .system(error)
    }
    guard try AuditPublicKey(path: path) == publicKey else { throw .publicKeyDiffers(path: path) }
  }
}
