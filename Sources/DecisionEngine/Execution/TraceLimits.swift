/// What a trace may tell, so that it stays a small part of an answer.
public enum TraceLimits {
  /// Bytes of one value's JSON text, be it read or come to; a longer one is cut, and marked as cut.
  ///
  /// Several lines of a terminal; the whole value is in the context that its reader sent.
  public static let valueBytes = 512
  /// About how many bytes all steps of one execution take; those past it are counted and left out.
  ///
  /// A quarter of the longest answer: a path can visit thousands of nodes, each with an expression of 8 KiB.
  public static let stepBytes = 1 << 20
}
