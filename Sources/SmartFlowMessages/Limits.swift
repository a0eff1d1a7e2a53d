/// What one message may ask of us.
public enum MessageLimits {
  /// Messages inside messages.
  ///
  /// A tree nests 64 nodes and a context 32 objects; an object inside an object is three messages
  /// (`Struct`, its map entry, `Value`), so both fit with room to spare, and protobuf-c, which
  /// recurses without a limit of its own, stays within half a megabyte of stack.
  public static let depth = 256

  /// Memory that unpacking one message may take, in bytes.
  ///
  /// A frame carries 4 MiB; a context of short properties takes eight times its size on the wire,
  /// 4 MiB of empty sub-messages would take a hundred times.
  public static let arenaBytes = 32 << 20

  /// Memory that an arena keeps from one message to the next, in bytes.
  ///
  /// Covers the usual request many times over, and lets one huge message leave no trace.
  static let retainedArenaBytes = 1 << 20

  /// Memory that a new arena takes at its first message, in bytes.
  static let initialArenaBytes = 16 << 10

  /// Bytes of a tree's message that protobuf-c unpacks in one piece: some 20 µs.
  ///
  /// What is larger is opened, and its parts are unpacked one by one.
  static let bytesUnpackedAtOnce = 2 << 10

  /// Fields of a request that are read in one piece, its trees and contexts not counted: some 300 µs.
  ///
  /// Twice as many as a batch has items.
  public static let requestFields = 20_000

  /// Bytes of a name or of metadata in a call's envelope; W3C gives a trace state 512.
  public static let envelopeTextBytes = 4096

  /// Bytes of a name in a tree, as in its JSON form.
  public static let nameBytes = 64 << 10

  /// Fields of one message type, so that a set of them is one machine word.
  static let fieldsPerMessage = 64
}
