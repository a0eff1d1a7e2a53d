internal import CLinux

/// The checksum of records: 32 bits, Castagnoli's polynomial.
///
/// - Source: RFC 3720, section 12.1 and appendix B.4.
package enum CRC32C {
  /// The checksum of bytes behind others, whose own is `before`; 0 for none.
  package static func checksum(of bytes: RawSpan, after before: UInt32 = 0) -> UInt32 {
    // Safe: the bytes are read during the call only.
    unsafe bytes.withUnsafeBytes { unsafe clinux_crc32c(before, $0.baseAddress, $0.count) }
  }

  /// The same without the processor's instruction, as on a processor that has none.
  package static func checksumByTable(of bytes: RawSpan, after before: UInt32 = 0) -> UInt32 {
    // Safe: the bytes are read during the call only.
    unsafe bytes.withUnsafeBytes { unsafe clinux_crc32c_by_table(before, $0.baseAddress, $0.count) }
  }
}
