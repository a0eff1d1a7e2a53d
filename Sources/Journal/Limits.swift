/// What a journal may hold.
public enum JournalLimits {
  /// The longest payload.
  ///
  /// What an execution accepted fits a message, which the protocol holds to 4 MiB, and JSON writes a byte as six
  /// characters at worst. A reader believes no longer length, whatever a file says.
  public static let recordBytes = 32 << 20

  /// A batch that holds so many bytes takes no further record.
  ///
  /// One turn of a loop comes to some kilobytes; more is written in two calls, and the buffer stays small.
  public static let batchBytes = 4 << 20

  /// The buffer is kept from batch to batch up to this size.
  ///
  /// One long record should not cost a worker its memory for good.
  public static let keptBytes = 1 << 20

  /// What a reader asks the kernel for at once.
  ///
  /// Some hundred records; reading more does not get faster.
  static let readBytes = 256 << 10

  /// What a search for whole records behind a damaged one may put through the checksum.
  ///
  /// A second's work. JSON's characters make lengths beyond any limit, so that a search in real payloads costs
  /// nearly nothing; only a file that was made to be slow comes here, and its end counts as damage.
  static let searchedBytes: UInt64 = 1 << 30

  /// Damaged places that recovery names; a file with more is not worth naming them.
  static let damages = 100
}
