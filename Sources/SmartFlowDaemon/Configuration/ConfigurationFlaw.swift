internal import Glibc
internal import JSON
internal import UnixSocket

/// One thing that is wrong with a configuration.
struct ConfigurationFlaw: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  enum Reason: Error, Equatable {
    /// The file can't be read.
    case unreadable(SystemError)
    /// It is a folder, a pipe, or anything else that could not be read a second time.
    case notAFile
    /// The file is longer than so many bytes.
    case tooLong(limit: Int)
    /// It is no JSON.
    case notJSON(String)
    /// It holds something else than one object.
    case notAnObject(String)
    /// There is no such key; the nearest there is, if one is near.
    case unknownKey(String, nearest: String?)
    /// A key stands there twice.
    case duplicateKey(String)
    /// A value of another JSON type is wanted.
    case wrongType(String, form: String)
    /// A text is not of the form.
    case malformed(String, form: String)
    /// It is of the form, and too small or too large.
    case outOfRange(String, form: String)
    /// It does not fit the machine, or another value; a sentence with the remedy.
    case unfit(String)
    /// A user or group that is not there.
    case noAccount(String)
  }

  /// The setting, where it is one.
  var setting: String?
  /// Where it was said.
  var origin: SettingOrigin
  var reason: Reason

  /// One sentence with the place and the remedy.
  var description: String {
    let subject: String
    if case .file = origin, let setting { subject = "`\(setting)` " } else { subject = "" }
    return "\(origin.place): " + subject + sentence
  }

  private var sentence: String {
    switch reason {
    case .unreadable(let error): "\(error); give a file that this user may read"
    case .notAFile: "is no file; a configuration is read again at each reload"
    case .tooLong(let limit): "is longer than \(limit) bytes"
    case .notJSON(let reason): reason
    case .notAnObject(let type):
      "holds \(Self.one(type)); write one object: { \"workers\": 4, \"log-level\": \"info\" }"
    case .unknownKey(let key, let nearest):
      nearest.map { "there is no `\(key)`; did you mean `\($0)`?" }
        ?? "there is no `\(key)`; keys are named as the flags that smartflowd --help lists"
    case .duplicateKey(let key): "`\(key)` stands there twice; keep one of them"
    case .wrongType(let type, let form): "is \(Self.one(type)); write \(form)"
    case .malformed(let text, let form): "is `\(text)`; give \(form)"
    case .outOfRange(let text, let form): "is `\(text)`, which is out of range; give \(form)"
    case .unfit(let text), .noAccount(let text): text
    }
  }

  private static func one(_ type: String) -> String {
    switch type {
    case "null": type
    case "array", "object": "an " + type
    default: "a " + type
    }
  }

  /// The exit status of sysexits(3) of a daemon that does not start for it.
  var exitStatus: Int32 {
    if case .noAccount = reason { return EX_NOUSER }
    switch origin {
    case .flag: return EX_USAGE
    case .environment, .file, .standard: return EX_CONFIG
    }
  }
}

/// Everything that is wrong with a configuration; never nothing.
struct ConfigurationFailure: Error {
  var flaws: [ConfigurationFlaw]

  init(_ flaws: [ConfigurationFlaw]) { self.flaws = flaws }

  init(_ setting: Setting, _ origin: SettingOrigin, _ reason: ConfigurationFlaw.Reason) {
    flaws = [ConfigurationFlaw(setting: setting.name, origin: origin, reason: reason)]
  }

  /// That of the flaw that weighs most: 78, configuration, over 67, accounts, over 64, usage.
  var exitStatus: Int32 { flaws.map(\.exitStatus).max() ?? EX_CONFIG }
}
