internal import CProtobufC
internal import CSmartFlowProto

/// Reads a message's bytes against its type before protobuf-c may unpack them.
///
/// protobuf-c recurses as deep as the bytes say, cuts a text at its NUL, takes any bytes for UTF-8,
/// and turns two bytes into two hundred. So the bytes are walked first, without recursion: what
/// passes is well-formed, at most ``MessageLimits/depth`` deep, all text, and its memory is known.
@safe struct WireCheck {
  /// One message that is being read.
  @unsafe struct Frame {
    var descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    /// The field that holds the message; `nil` for the root.
    var field: UnsafePointer<ProtobufCFieldDescriptor>?
    /// Where the message ends.
    var end: Int
    /// Fields read so far, repeated ones each time.
    var members: Int
    /// The known fields among them, by index.
    var seen: UInt64
  }

  /// The message that the one that is walked stands in: a message too, and the first name of every place.
  struct Holder: Sendable {
    /// The field of the request that holds it.
    var field: String
    var depth = 1

    /// Of a context that is a message.
    static let context = Self(field: "context_struct")
    /// Of a batch's item.
    static let item = Self(field: "items")
  }

  /// How far a walk has come: with the same bytes and frames, all that it takes to walk on.
  struct Progress: Sendable {
    fileprivate var memoryBytes = 0
    fileprivate var at = 0
    fileprivate var depth = 0
  }

  /// An upper bound of what unpacking takes, in bytes.
  var memoryBytes: Int { progress.memoryBytes }
  /// How far the walk has come.
  private(set) var progress: Progress

  // Safe, in all of this type: it lives inside one `withUnsafeBytes`; `at` never passes the end of
  // the innermost message, which never passes the end of the bytes; `depth` never passes the
  // frames' limit; descriptors are constants of the generated sources.
  private let bytes: UnsafeRawBufferPointer
  private let frames: UnsafeMutablePointer<Frame>
  private let limitBytes: Int
  private let holder: Holder?
  private var at: Int {
    get { progress.at }
    set { progress.at = newValue }
  }
  private var depth: Int {
    get { progress.depth }
    set { progress.depth = newValue }
  }

  init(
    _ bytes: UnsafeRawBufferPointer, frames: UnsafeMutableRawPointer, limitBytes: Int,
    inside holder: Holder? = nil, after progress: Progress = Progress()
  ) {
    unsafe self.bytes = unsafe bytes
    unsafe self.frames = unsafe frames.bindMemory(to: Frame.self, capacity: MessageLimits.depth)
    self.limitBytes = limitBytes
    self.holder = holder
    self.progress = progress
  }

  /// Allocations are in steps of eight bytes, the strictest alignment of a generated struct.
  static func rounded(_ bytes: Int) -> Int { (bytes + 7) & ~7 }

  /// Walks the whole message.
  ///
  /// - Parameters:
  ///   - root: Its type.
  ///   - limit: About how many fields it may have; a long text counts for as many as it has kilobytes.
  /// - Throws: ``MessageError`` with the field that is to blame.
  mutating func run(
    _ root: UnsafePointer<ProtobufCMessageDescriptor>, limitFields limit: Int = .max
  ) throws(MessageError) {
    try unsafe begin(root)
    var left = limit
    if try step(fields: &left) { throw .tooManyFields(limit: limit) }
  }

  /// Begins a walk that is to be taken in steps.
  ///
  /// - Throws: As ``run(_:)``.
  mutating func begin(
    _ root: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(MessageError) {
    try unsafe open(root, field: nil, end: bytes.count)
  }

  /// Walks over about so many fields; a long text counts for as many as it has kilobytes.
  ///
  /// - Parameter left: How many; less those that were walked over afterwards.
  /// - Returns: Whether there are more.
  /// - Throws: As ``run(_:)``.
  mutating func step(fields left: inout Int) throws(MessageError) -> Bool {
    while left > 0 {
      let before = at
      if unsafe before == frames[depth - 1].end {
        try close()
        if depth == 0 { return false }
      } else {
        try member()
      }
      left -= 1 + (at - before) >> 10
    }
    return true
  }

  // MARK: Messages

  private mutating func open(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    field: UnsafePointer<ProtobufCFieldDescriptor>?, end: Int
  ) throws(MessageError) {
    guard depth + (holder?.depth ?? 0) < MessageLimits.depth else {
      throw unsafe .tooDeep(field: path(to: field), limit: MessageLimits.depth)
    }
    try unsafe charge(Self.rounded(descriptor.pointee.sizeof_message))
    unsafe frames[depth] = unsafe Frame(
      descriptor: descriptor, field: field, end: end, members: 0, seen: 0)
    depth += 1
  }

  private mutating func close() throws(MessageError) {
    let frame = unsafe frames[depth - 1]
    // A map entry without its value stands for an empty one.
    let isIncomplete =
      unsafe (frame.descriptor == smartflow_descriptor_value() && frame.seen == 0)
      || (frame.descriptor == smartflow_descriptor_struct_entry() && frame.seen & 0b10 == 0)
    if isIncomplete { throw unsafe .valueWithoutKind(field: path(to: nil)) }
    depth -= 1
  }

  private mutating func charge(_ bytes: Int) throws(MessageError) {
    progress.memoryBytes += bytes
    if memoryBytes > limitBytes { throw .outOfMemory(limit: limitBytes) }
  }

  // MARK: Fields

  private mutating func member() throws(MessageError) {
    let (fieldNumber, wireType) = try tag()
    let frame = unsafe frames + (depth - 1)
    // protobuf-c notes members in lists of 16, 32, 64… of 40 bytes each; the first is on its stack.
    unsafe frame.pointee.members += 1
    if unsafe frame.pointee.members >= 17 {
      try unsafe charge(frame.pointee.members == 17 ? 17 * 80 : 80)
    }
    let descriptor = unsafe frame.pointee.descriptor
    guard let index = unsafe Self.index(of: fieldNumber, in: descriptor) else {
      return try unknown(wireType)
    }
    precondition(index < MessageLimits.fieldsPerMessage, "a message type has too many fields")
    let field = unsafe descriptor.pointee.fields + index
    let bit = (1 as UInt64) << UInt64(index)
    let isRepeated = unsafe field.pointee.label == PROTOBUF_C_LABEL_REPEATED
    if isRepeated { try charge(16) }
    let isSecond = unsafe frame.pointee.seen & bit != 0
    unsafe frame.pointee.seen |= bit

    switch unsafe field.pointee.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      let end = try unsafe length(wireType, of: field)
      let isOneOf = unsafe field.pointee.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0
      if isSecond, !isRepeated, !isOneOf {
        throw unsafe .repeatedMessage(field: path(to: field))
      }
      let descriptor = unsafe field.pointee.descriptor.assumingMemoryBound(
        to: ProtobufCMessageDescriptor.self)
      try unsafe open(descriptor, field: field, end: end)
    case PROTOBUF_C_TYPE_STRING:
      let end = try unsafe length(wireType, of: field)
      switch unsafe Text.check(UnsafeRawBufferPointer(rebasing: bytes[at..<end])) {
      case .sound: break
      case .containsNUL: throw unsafe .containsNUL(field: path(to: field))
      case .invalidUTF8: throw unsafe .invalidUTF8(field: path(to: field))
      }
      try charge(Self.rounded(end - at + 1))
      at = end
    case PROTOBUF_C_TYPE_BYTES:
      let end = try unsafe length(wireType, of: field)
      try charge(Self.rounded(end - at))
      at = end
    default:
      try unsafe number(wireType, of: field, isRepeated: isRepeated)
    }
  }

  private mutating func number(
    _ wireType: UInt8, of field: UnsafePointer<ProtobufCFieldDescriptor>, isRepeated: Bool
  ) throws(MessageError) {
    let type = unsafe field.pointee.type
    let own = Self.wireType(of: type)
    if wireType == own { return try unsafe scalar(own, type, field) }
    guard isRepeated, wireType == 2 else {
      throw unsafe .malformed(field: path(to: field), .wrongWireType(wireType))
    }
    // Packed: the numbers stand one after another, and each takes at most eight bytes in memory.
    let end = try unsafe length(wireType, of: field)
    let outer = unsafe frames[depth - 1].end
    unsafe frames[depth - 1].end = end
    while at < end {
      do throws(MessageError) {
        try unsafe scalar(own, type, field)
      } catch .malformed(let place, .truncated) {
        throw .malformed(field: place, .packedLength)
      }
      try charge(8)
    }
    unsafe frames[depth - 1].end = outer
  }

  private mutating func scalar(
    _ wireType: UInt8, _ type: ProtobufCType, _ field: UnsafePointer<ProtobufCFieldDescriptor>
  ) throws(MessageError) {
    switch wireType {
    case 0:
      _ = try unsafe varint(of: field)
    case 1:
      try unsafe skip(8, in: field)
      if type == PROTOBUF_C_TYPE_DOUBLE {
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: at - 8, as: UInt64.self)
        guard Double(bitPattern: UInt64(littleEndian: bits)).isFinite else {
          throw unsafe .numberNotFinite(field: path(to: field))
        }
      }
    default:
      try unsafe skip(4, in: field)
    }
  }

  /// A field of a number that the type does not know: kept by protobuf-c, never read.
  private mutating func unknown(_ wireType: UInt8) throws(MessageError) {
    let start = at
    switch wireType {
    case 0: _ = try unsafe varint(of: nil)
    case 1: try unsafe skip(8, in: nil)
    case 2: at = try unsafe length(wireType, of: nil)
    case 5: try unsafe skip(4, in: nil)
    default: throw unsafe .malformed(field: path(to: nil), .wireType(wireType))
    }
    try charge(32 + Self.rounded(at - start))
  }

  // MARK: Bytes

  private mutating func tag() throws(MessageError) -> (number: UInt32, wireType: UInt8) {
    let end = unsafe frames[depth - 1].end
    var tag = 0 as UInt64
    for shift in stride(from: 0 as UInt64, to: 35, by: 7) {
      guard at < end else { throw unsafe .malformed(field: path(to: nil), .truncated) }
      let byte = unsafe bytes[at]
      at += 1
      tag |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard let tag = UInt32(exactly: tag), tag >> 3 != 0 else {
          throw unsafe .malformed(field: path(to: nil), .fieldNumber)
        }
        return (tag >> 3, UInt8(tag & 7))
      }
    }
    throw unsafe .malformed(field: path(to: nil), .varintOverflow)
  }

  private mutating func varint(
    of field: UnsafePointer<ProtobufCFieldDescriptor>?
  ) throws(MessageError) -> UInt64 {
    let end = unsafe frames[depth - 1].end
    var value = 0 as UInt64
    for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
      guard at < end else { throw unsafe .malformed(field: path(to: field), .truncated) }
      let byte = unsafe bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        // The tenth byte has room for one bit.
        guard shift < 63 || byte <= 1 else { break }
        return value
      }
    }
    throw unsafe .malformed(field: path(to: field), .varintOverflow)
  }

  /// Reads a length, and returns where the field's content ends.
  private mutating func length(
    _ wireType: UInt8, of field: UnsafePointer<ProtobufCFieldDescriptor>?
  ) throws(MessageError) -> Int {
    guard wireType == 2 else {
      throw unsafe .malformed(field: path(to: field), .wrongWireType(wireType))
    }
    let start = at
    let length = try unsafe varint(of: field)
    // protobuf-c reads a length of at most five bytes, and one below 2³¹.
    guard at - start <= 5, length <= UInt64(Int32.max) else {
      throw unsafe .malformed(field: path(to: field), .varintOverflow)
    }
    guard unsafe Int(length) <= frames[depth - 1].end - at else {
      throw unsafe .malformed(field: path(to: field), .truncated)
    }
    return at + Int(length)
  }

  private mutating func skip(
    _ count: Int, in field: UnsafePointer<ProtobufCFieldDescriptor>?
  ) throws(MessageError) {
    guard unsafe count <= frames[depth - 1].end - at else {
      throw unsafe .malformed(field: path(to: field), .truncated)
    }
    at += count
  }

  // MARK: Types

  private static func index(
    of number: UInt32, in descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> Int? {
    // Field by field: a copy of the whole descriptor for each field of a message would cost more
    // than the rest of the check.
    let ranges = unsafe descriptor.pointee.field_ranges
    guard let ranges = unsafe ranges else { return nil }
    for range in 0..<Int(unsafe descriptor.pointee.n_field_ranges) {
      // A range ends where the next one starts counting; a dummy follows the last.
      let first = unsafe ranges[range]
      let count = unsafe ranges[range + 1].orig_index - first.orig_index
      let offset = Int(number) - Int(first.start_value)
      if offset >= 0, offset < Int(count) { return Int(first.orig_index) + offset }
    }
    return nil
  }

  private static func wireType(of type: ProtobufCType) -> UInt8 {
    switch type {
    case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: 1
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: 5
    default: 0
    }
  }

  /// The names of the fields that lead here.
  private func path(to field: UnsafePointer<ProtobufCFieldDescriptor>?) -> String {
    var names: [String] = []
    if let holder { names.append(holder.field) }
    for index in 0..<depth {
      if let field = unsafe frames[index].field {
        unsafe names.append(String(cString: field.pointee.name))
      }
    }
    if let field = unsafe field { unsafe names.append(String(cString: field.pointee.name)) }
    // The deepest places are the ones that tell; a path of 256 names helps nobody.
    return (names.count > 32 ? ["…"] + names.suffix(31) : names).joined(separator: ".")
  }
}
