/// When what was recorded would also outlast a power cut.
///
/// It outlasts the end of any of our processes in any case.
public enum JournalSync: Int, CaseIterable, Sendable {
  /// When the operating system pleases.
  case never = 0
  /// Soon: after `--journal-sync-interval`.
  case interval = 1
  /// Before the caller has its answer.
  case always = 2

  /// As the command line writes it.
  public var name: String { "\(self)" }
}
