internal import UnixSocket
internal import WorkerLink

/// What a keeper knows of idempotency keys and its store does not, for the release that goes on in its process.
///
/// It travels in memory without a name, whose descriptor the next program inherits: one entry after the other, each with
/// the worker's index and the length of a ``KeyMessage`` (u32, little-endian) before the message's packet.
struct KeysInHand: Equatable {
  /// What is known of one worker.
  struct Entry: Equatable {
    var workerIndex: Int
    /// What a call of the worker's has to do with the key.
    ///
    /// `granted`: it has the key. `claim`: it waits for it. `recorded`, of whichever worker: this is its answer, which the
    /// store does not have.
    var message: KeyMessage
  }

  /// Why nothing is handed on, or taken over.
  enum Failure: Error, Equatable, CustomStringConvertible {
    /// There is more than ``ServiceLimits/handedOnBytes``.
    case tooMuch(byteCount: Int)
    /// It is none of ours from this byte on.
    case malformed(offset: Int)
    case system(SystemError)

    /// One sentence with the remedy.
    var description: String {
      switch self {
      case .tooMuch(let byteCount):
        "what is to be handed on of idempotency keys has \(byteCount) bytes, \(ServiceLimits.handedOnBytes) are allowed; see why their store can't be written, and try it again"
      case .malformed(let offset):
        "what the release before has left of idempotency keys does not parse at byte \(offset); start the daemon anew"
      case .system(let error): "\(error)"
      }
    }
  }

  var entries: [Entry] = []

  // MARK: As bytes

  private static let headBytes = 8

  /// The bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      let packet = entry.message.bytes
      for word in [UInt32(clamping: entry.workerIndex), UInt32(packet.count)] {
        for shift in [0, 8, 16, 24] as [UInt32] {
          bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
      }
      bytes += packet
    }
    return bytes
  }

  init(_ entries: [Entry] = []) { self.entries = entries }

  /// Reads what ``bytes`` gave.
  ///
  /// - Throws: ``Failure/malformed(offset:)``.
  init(parsing bytes: [UInt8]) throws(Failure) {
    var offset = 0
    func word(_ place: Int) -> Int {
      bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while offset < bytes.count {
      guard bytes.count - offset >= Self.headBytes else { throw .malformed(offset: offset) }
      let start = offset + Self.headBytes
      let count = word(offset + 4)
      guard count <= bytes.count - start,
        let message = KeyMessage(parsing: bytes[start..<start + count]),
        [.granted, .claim, .recorded].contains(message.kind)
      else { throw .malformed(offset: offset) }
      entries.append(Entry(workerIndex: word(offset), message: message))
      offset = start + count
    }
  }

  // MARK: From one program to the next

  /// Puts it into memory that outlives the program.
  ///
  /// - Returns: The number of its descriptor, which is the caller's to close; `nil` where there is nothing.
  /// - Throws: ``Failure``.
  func leave() throws(Failure) -> Int32? {
    guard !entries.isEmpty else { return nil }
    let bytes = bytes
    guard bytes.count <= ServiceLimits.handedOnBytes else {
      throw .tooMuch(byteCount: bytes.count)
    }
    do throws(SystemError) {
      let memory = try SharedBytes(
        creating: "smartflow-keys", byteCount: bytes.count, capacity: bytes.count,
        othersMayWrite: false)
      // Safe: bytes of any content are bytes.
      unsafe memory.write(bytes.span.bytes, at: 0)
      return try memory.descriptor.duplicate().release()
    } catch {
      throw .system(error)
    }
  }

  /// Takes up what the program before has left.
  ///
  /// - Throws: ``Failure``.
  init(leftIn descriptor: consuming Descriptor) throws(Failure) {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      // No more than one that leaves it grants, whatever the file's length.
      try descriptor.read(at: 0, count: ServiceLimits.handedOnBytes, into: &bytes)
    } catch {
      throw .system(error)
    }
    try self.init(parsing: bytes)
  }
}
