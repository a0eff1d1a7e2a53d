/// What keeper and workers share of published trees, bounded.
public enum Limits {
  /// Bytes of a tree's ID: it is a file's name in everybody's hands.
  public static let treeIDBytes = 128
  /// Bytes of a tree's canonical JSON, and of a context's schema: a tree is no longer, and writes no longer.
  public static let treeBytes = 1 << 20
  /// Labels of one version.
  public static let labels = 64
  /// Bytes of a label's key, as Kubernetes has it.
  public static let labelKeyBytes = 63
  /// Bytes of a label's value.
  public static let labelValueBytes = 256
  /// Bytes of what an author says of a version.
  public static let commentBytes = 4096
  /// Trees that one tree may use directly: it has no more nodes than that anyway, and so many names fit one answer.
  public static let subTrees = 1000
  /// Trees that may use one tree, be it by way of others: each is looked at before another version becomes active.
  public static let users = 1000
  /// Entries of one page of a list.
  public static let pageEntries = 1000
  /// Values of a configuration: some five times those that there are.
  public static let configuredValues = 256
  /// Bytes of one of its texts: a whole configuration file.
  public static let configuredTextBytes = 64 << 10
  /// Bytes of what a worker asks of the keeper's store, and of the answer: a tree, its schema, and what is said of it.
  public static let deskBytes = 4 << 20
  /// Bytes that all published trees of a server may take: address space of every worker, so it is bounded.
  public static let catalogBytes = 1 << 30
  /// Bytes by which the catalog's file grows at least.
  static let growthBytes = 1 << 20
}
