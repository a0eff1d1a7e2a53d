internal import JSON

/// Who said what a value is to be; the first of those that did has it.
enum SettingOrigin: Equatable, Sendable {
  /// A flag of this name, without its dashes.
  case flag(String)
  /// An environment variable of this name.
  case environment(String)
  /// A place in the configuration file; `nil` is the file as a whole.
  case file(String, JSONPosition?)
  /// Nobody: what holds then.
  case standard

  /// The place, for people: `--workers`, `SMARTFLOW_WORKERS`, `smartflowd.json:3:14`, `default`.
  var place: String {
    switch self {
    case .flag(let name): "--" + name
    case .environment(let name): name
    case .file(let path, let position):
      position.map { "\(path):\($0.line):\($0.column)" } ?? path
    case .standard: "default"
    }
  }
}
