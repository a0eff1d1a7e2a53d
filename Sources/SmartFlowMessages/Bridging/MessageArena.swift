internal import CProtobufC

/// Memory for one unpacked message at a time, kept from message to message.
///
/// A message's memory is bounded before it is unpacked, so the arena is one block that is large
/// enough, and allocating in it is moving a mark. In steady state it asks the system for nothing.
@safe public struct MessageArena: ~Copyable {
  /// What protobuf-c's callbacks see; it lies on the heap, so that its address stays.
  @unsafe struct State {
    var allocator: ProtobufCAllocator
    var block: UnsafeMutableRawPointer?
    var capacity: Int
    var used: Int
  }

  /// The most that one message may take, in bytes.
  public let limitBytes: Int
  /// The most fields that one message may have.
  private let limitFields: Int

  private let state: UnsafeMutablePointer<State>
  /// Room for the frames of the wire check, and after it of a cursor: both walk without recursion.
  let frames: UnsafeMutableRawPointer

  /// Makes an arena, which takes its first block with its first message.
  ///
  /// - Parameters:
  ///   - limitBytes: The most that one message may take when unpacked.
  ///   - limitFields: The most fields that it may have, so that it takes no longer than others can wait; a long text
  ///     counts for as many as it has kilobytes.
  public init(limitBytes: Int = MessageLimits.arenaBytes, limitFields: Int = .max) {
    self.limitBytes = limitBytes
    self.limitFields = limitFields
    // Safe: both are freed in deinit, and only there.
    unsafe state = .allocate(capacity: 1)
    unsafe frames = .allocate(byteCount: Self.frameBytes, alignment: 16)
    let allocator = unsafe ProtobufCAllocator(
      alloc: { data, size in unsafe MessageArena.allocate(data, size) },
      // Freed all at once, by the next message.
      free: { _, _ in },
      allocator_data: UnsafeMutableRawPointer(state))
    unsafe state.initialize(to: State(allocator: allocator, block: nil, capacity: 0, used: 0))
  }

  /// A new arena for what is read in one piece while others wait.
  public static var forRequests: MessageArena {
    MessageArena(limitFields: MessageLimits.requestFields)
  }

  deinit {
    // Safe: allocated in init, and no view outlives the arena.
    unsafe state.pointee.block?.deallocate()
    unsafe state.deallocate()
    unsafe frames.deallocate()
  }

  /// Enough for a wire check and for a cursor at the depth limit.
  static let frameBytes = unsafe max(
    MessageLimits.depth * MemoryLayout<WireCheck.Frame>.stride,
    (2 * MessageLimits.depth + 2) * MemoryLayout<ValueCursor.Frame>.stride)

  /// Bytes that the last message took, and that the arena holds.
  var usedBytes: Int {
    // Safe: the state lives as long as the arena.
    unsafe state.pointee.used
  }

  /// Bytes that the arena holds for messages to come.
  public var capacityBytes: Int {
    // Safe: the state lives as long as the arena.
    unsafe state.pointee.capacity
  }

  /// Forgets the last message, and gives back what only a huge one needed.
  public mutating func reset() {
    // Safe: the state lives as long as the arena, and views of the last message have ended.
    unsafe state.pointee.used = 0
    if capacityBytes > MessageLimits.retainedArenaBytes { replaceBlock(capacity: 0) }
  }

  /// Forgets the last message, and makes room for one of at most `bytes`.
  mutating func reserve(_ bytes: Int) throws(MessageError) {
    guard bytes <= limitBytes else { throw .outOfMemory(limit: limitBytes) }
    // Safe: as in `reset`.
    unsafe state.pointee.used = 0
    if capacityBytes > MessageLimits.retainedArenaBytes || capacityBytes < bytes {
      var capacity = MessageLimits.initialArenaBytes
      while capacity < bytes { capacity *= 2 }
      if capacity != capacityBytes { replaceBlock(capacity: capacity) }
    }
  }

  /// Checks and unpacks one message.
  ///
  /// - Parameters:
  ///   - bytes: The message as it came from the peer.
  ///   - descriptor: Its type.
  ///   - holder: What it stands in, when it is a part of a request.
  /// - Returns: The message, which lives until the arena is used again.
  /// - Throws: ``MessageError`` when the bytes are not such a message, or take too much memory.
  @unsafe mutating func unpack(
    _ bytes: RawSpan, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    inside holder: WireCheck.Holder? = nil
  ) throws(MessageError) -> UnsafeRawPointer {
    // Safe: protobuf-c reads the bytes only inside the closure and copies what it keeps into the
    // block, which the check has proved large enough.
    unsafe try bytes.withUnsafeBytes { buffer throws(MessageError) in
      var check = unsafe WireCheck(
        buffer, frames: frames, limitBytes: limitBytes, inside: holder)
      try unsafe check.run(descriptor, limitFields: limitFields)
      try reserve(check.memoryBytes)
      let message = unsafe protobuf_c_message_unpack(
        descriptor, &state.pointee.allocator, buffer.count,
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
      guard let message = unsafe message else { throw .malformed(field: "", .refused) }
      return UnsafeRawPointer(message)
    }
  }

  private mutating func replaceBlock(capacity: Int) {
    // Safe: the old block is freed once, and nothing of it is in use.
    unsafe state.pointee.block?.deallocate()
    unsafe state.pointee.block =
      capacity == 0 ? nil : .allocate(byteCount: capacity, alignment: 16)
    unsafe state.pointee.capacity = capacity
  }

  /// protobuf-c's allocation: the next bytes of the block, or nothing.
  private static func allocate(
    _ data: UnsafeMutableRawPointer?, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    // Safe: `data` is the state that init put there; the mark stays inside the block.
    guard let state = unsafe data?.assumingMemoryBound(to: State.self) else { return nil }
    let size = WireCheck.rounded(size)
    guard unsafe size <= state.pointee.capacity - state.pointee.used else { return nil }
    defer { unsafe state.pointee.used += size }
    return unsafe state.pointee.block?.advanced(by: state.pointee.used)
  }
}
