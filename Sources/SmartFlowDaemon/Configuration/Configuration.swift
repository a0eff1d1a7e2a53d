internal import JSON

/// What is configured: each setting's value, and who said so.
///
/// Flags over environment over file over what holds where nothing is said. A list that is said twice is the one of
/// the two that wins, never both.
struct Configuration: Equatable, Sendable {
  /// A value and who said it.
  struct Entry: Equatable, Sendable {
    var value: SettingValue
    var origin: SettingOrigin
  }

  /// By the setting's name; what nobody said and the machine settles is not there.
  private var entries: [String: Entry] = [:]
  /// What was settled for those that nobody said, for the report.
  private var settled: [String: String] = [:]
  /// The file that it was read from.
  let file: String?

  /// Puts a configuration together.
  ///
  /// - Parameters:
  ///   - flags: What each flag said, by the setting's name.
  ///   - environment: What a variable says.
  ///   - file: The file; `nil` where there is none.
  ///   - path: Where the file is.
  ///   - flaws: All that is wrong is added here; a value that is wrong counts as not said.
  init(
    flags: [String: [String]], environment: (String) -> String?, file: ConfigurationFile?,
    path: String?, flaws: inout [ConfigurationFlaw]
  ) {
    self.file = path
    for setting in SettingTable.all {
      guard let standard = setting.standard else { continue }
      do throws(ConfigurationFlaw.Reason) {
        entries[setting.name] = Entry(value: try setting.read([standard]), origin: .standard)
      } catch {
        preconditionFailure("the default of \(setting.name) is no value of it")
      }
    }
    flaws += file?.flaws ?? []
    for member in file?.members ?? [] {
      let origin = SettingOrigin.file(path ?? "", member.position)
      guard let setting = SettingTable.setting(named: member.key) else {
        let nearest = NearestName.to(member.key, of: SettingTable.all.map(\.name))
        flaws.append(
          ConfigurationFlaw(origin: origin, reason: .unknownKey(member.key, nearest: nearest)))
        continue
      }
      take(setting, origin, &flaws) { () throws(ConfigurationFlaw.Reason) in
        try setting.read(member.value)
      }
    }
    for setting in SettingTable.all {
      guard let text = environment(setting.variable) else { continue }
      take(setting, .environment(setting.variable), &flaws) {
        () throws(ConfigurationFlaw.Reason) in try setting.read([text])
      }
    }
    for setting in SettingTable.all {
      guard let texts = flags[setting.name] else { continue }
      take(setting, .flag(setting.name), &flaws) { () throws(ConfigurationFlaw.Reason) in
        try setting.read(texts)
      }
    }
  }

  private mutating func take(
    _ setting: Setting, _ origin: SettingOrigin, _ flaws: inout [ConfigurationFlaw],
    _ read: () throws(ConfigurationFlaw.Reason) -> SettingValue
  ) {
    do throws(ConfigurationFlaw.Reason) {
      entries[setting.name] = Entry(value: try read(), origin: origin)
    } catch {
      flaws.append(ConfigurationFlaw(setting: setting.name, origin: origin, reason: error))
    }
  }

  subscript(setting: Setting) -> Entry? {
    get { entries[setting.name] }
    set { entries[setting.name] = newValue }
  }

  // MARK: Values of a kind

  func count(_ setting: Setting) -> Int? {
    if case .count(let number)? = self[setting]?.value { number } else { nil }
  }

  func nanoseconds(_ setting: Setting) -> UInt64 {
    if case .time(let time)? = self[setting]?.value { time.nanoseconds } else { 0 }
  }

  func byteCount(_ setting: Setting) -> Int? {
    if case .size(let size)? = self[setting]?.value { size.byteCount } else { nil }
  }

  func fraction(_ setting: Setting) -> Double? {
    if case .fraction(let number)? = self[setting]?.value { number } else { nil }
  }

  func text(_ setting: Setting) -> String? {
    if case .text(let text)? = self[setting]?.value { text } else { nil }
  }

  func names(_ setting: Setting) -> [String] {
    if case .names(let names)? = self[setting]?.value { names } else { [] }
  }

  /// Who said it.
  func origin(_ setting: Setting) -> SettingOrigin { self[setting]?.origin ?? .standard }

  /// A complaint of one of some settings that do not go together: of the first that somebody has said.
  func failure(
    _ settings: Setting..., reason: ConfigurationFlaw.Reason
  ) -> ConfigurationFailure {
    let said = settings.first { origin($0) != .standard } ?? settings[0]
    return ConfigurationFailure(said, origin(said), reason)
  }

  // MARK: The report

  /// Notes what a setting came to that nobody has said.
  mutating func settle(_ setting: Setting, as text: String) { settled[setting.name] = text }

  /// What holds, as a person writes it; empty where there is nothing.
  func shown(_ setting: Setting) -> String {
    self[setting]?.value.text ?? settled[setting.name] ?? ""
  }
}
