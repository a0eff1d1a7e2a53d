/// What one expression, one context and one evaluation may take.
public enum Limits {
  /// Bytes of one expression; a person writes a few hundred.
  public static let expressionBytes = 8 << 10
  /// How deep an expression may nest, counted in brackets, prefixes, branches and right-hand chains.
  ///
  /// The parser and the code generator recurse by it, so that it bounds their stack.
  public static let nesting = 100
  /// Instructions of one program.
  public static let instructions = 4_096
  /// Values an evaluation holds at once.
  public static let stackDepth = 256
  /// Elements of a list that is written out.
  public static let listElements = 1_024
  /// Properties that the programs of one tree name between them.
  public static let properties = 256
  /// Bytes of one text made at run time.
  public static let textBytes = 64 << 10
  /// Bytes of all the texts that one evaluation holds at once.
  ///
  /// A stack full of texts at their own limit would be 16 MiB for one worker's machine.
  public static let heldTextBytes = 1 << 20
  /// Bytes of one pattern; one that is made at run time is no longer than any other text made there.
  static let patternBytes = textBytes
  /// States of one pattern, after its counted repeats are written out.
  public static let patternStates = 2_048
  /// Ranges of all the classes of one pattern; each is two cuts through the scalars that its tables tell apart.
  static let patternRanges = 4_096
  /// Ranges that the classes of one pattern name, repeated ones and those of properties included.
  ///
  /// As many as a text made at run time could name one by one; a property is named in a few bytes and can have
  /// hundreds.
  static let patternRangesRead = 64 << 10
  /// Groups inside one another in one pattern.
  ///
  /// Its parser and writer recurse by it, so that it bounds their stack.
  static let patternNesting = 100
  /// Patterns whose steps one machine remembers, and the bytes of each.
  ///
  /// A worker keeps some dozens of machines, and all of them together should stay within 4 MiB.
  static let patternCaches = 8
  static let patternCacheBytes = 8 << 10
  /// Bytes of texts and names in one context.
  public static let contextBytes = 256 << 10
  /// Values in one context, the context itself not counted.
  public static let contextValues = 10_000
  /// Members of an object in a context that are put in order at once: some 5 µs.
  static let contextMembersPerRun = 64
  /// Objects and lists inside one another in one context, the context itself counted.
  public static let contextNesting = 32
  /// Properties and expressions that the checker knows something of at one place of a tree.
  ///
  /// What it does for one of them grows with their number; an author has forgotten the first long before.
  static let checkedFacts = 48
  /// Properties and expressions that the checker tells apart in one tree.
  static let checkedSubjects = 4_096
  /// Spans of numbers, and texts that are ruled out, that the checker tells apart for one value.
  static let checkedConstants = 64
  /// Texts that the checker tells apart for one value: there are some 250 countries.
  static let checkedTexts = 256
  /// Parts of one expression that the checker looks at again to find the reasons for what it says.
  ///
  /// Past them it says that something is so, and not why: an author mends the first hundred before.
  static let checkedReasons = 2_000
}
