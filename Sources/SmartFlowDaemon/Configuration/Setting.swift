internal import WorkerLink

/// One thing that can be configured: a row of ``SettingTable``.
///
/// Flag, environment variable, key of the file, help, reload and report are all made of it.
struct Setting: Sendable {
  /// What a value is, and which are allowed.
  enum Kind: Sendable {
    /// A whole number; in the file a number, elsewhere its digits.
    case count(ClosedRange<Int>)
    /// A length of time from `least` to `most`.
    case time(least: TimeText, most: TimeText = .longest)
    /// An amount of memory, `least` or more.
    case size(least: SizeText)
    /// A part, 0 to 1.
    case fraction
    /// Permission bits in base eight.
    case mode
    /// One of a few words.
    case choice([String])
    /// A file or folder.
    case path
    /// Any text that is not empty.
    case text
    /// Names or numbers: in the file a list, elsewhere separated by commas, as a flag also many times.
    case names
  }

  /// What a reload does with another value.
  enum Reload: Sendable {
    /// It holds at once.
    case atOnce
    /// Workers get it when they are started, and a reload replaces them all.
    case withWorkers
    /// It waits for another start, and the log says so.
    case withRestart
  }

  /// As the flag has it without its dashes: `max-streams`.
  var name: String
  var kind: Kind
  /// What holds where nothing is said, as a person would write it; `nil` where the machine or another value says it.
  var standard: String?
  var reload: Reload
  /// What a value is called in the help.
  var valueName: String
  var help: String

  /// Whether many values make it up.
  var isList: Bool { if case .names = kind { true } else { false } }

  /// The environment variable that says the same.
  var variable: String {
    "SMARTFLOW_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// What a value looks like, for whoever wrote something else.
  var form: String {
    switch kind {
    case .count(let range):
      range.upperBound == .max
        ? "a whole number, \(range.lowerBound) or more"
        : "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .time(let least, let most):
      "a time such as 150ms, 5s or 2m, " + (least.nanoseconds > 1 ? "\(least) or more and " : "")
        + (most == .longest ? "a day at most" : "\(most) at most")
    case .size(let least): "a size such as 512MiB or 2GiB, \(least) or more"
    case .fraction: "a number, 0 to 1"
    case .mode: "permission bits in base eight, such as 0660"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .path: "a path"
    case .text: "a text"
    case .names: "a list of names or numbers"
    }
  }

  /// What the help says of it.
  var fullHelp: String {
    standard.map { "\(help) Default: \($0)." } ?? help
  }
}
