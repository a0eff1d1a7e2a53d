public import SmartFlowMessages

/// Makes a player's context of a value that is `Encodable`.
///
/// The bytes are written as the value is visited, without Foundation. Numbers are exact: what no double is, is an error,
/// and a number reads back as it was. Optionals without a value are left out by the coding that Swift makes, and are
/// `null` where a type encodes them itself.
///
/// ```swift
/// struct Player: Encodable { var daysInactive: Int; var name: String }
/// let context = try ContextEncoder().encode(Player(daysInactive: 7, name: "Maria"))
/// ```
public struct ContextEncoder: Sendable {
  /// What becomes of a Foundation `Date`.
  public enum Dates: Sendable {
    /// An error: the language knows no dates, so that the caller says what it means.
    case refused
    /// Seconds since 1970, with what `now()` in an expression can be compared.
    case secondsSince1970
    /// Whole and partial milliseconds since 1970.
    case millisecondsSince1970
  }

  /// What becomes of a Foundation `Date`.
  public var dates: Dates

  /// Makes an encoder.
  public init(dates: Dates = .refused) { self.dates = dates }

  /// Encodes a value as a context.
  ///
  /// - Throws: ``ContextEncodingError`` with the coding path.
  public func encode(_ value: some Encodable) throws(ContextEncodingError) -> ContextMessage {
    .json(try bytes(of: value))
  }

  /// Encodes a value as the JSON of a context, UTF-8.
  ///
  /// - Throws: ``ContextEncodingError`` with the coding path.
  public func bytes(of value: some Encodable) throws(ContextEncodingError) -> [UInt8] {
    let writer = ContextWriter(dates: dates)
    do {
      let root = ValueEncoder(writer, slot: writer.rootSlot, path: [])
      try root.encode(value)
    } catch let error as ContextEncodingError {
      throw error
    } catch {
      // A type's own coding may throw whatever it likes.
      throw .failed(description: "\(error)")
    }
    return try writer.end()
  }
}
