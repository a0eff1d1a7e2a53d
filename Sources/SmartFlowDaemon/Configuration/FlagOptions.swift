internal import ArgumentParser

/// The flags of all settings, made of ``SettingTable``.
///
/// ArgumentParser finds a command's options by reflection, and so a table can stand in for properties.
struct FlagOptions: ParsableArguments, CustomReflectable {
  /// What each flag said, by the setting's name; those that were not given are not there.
  private(set) var given: [String: [String]] = [:]

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for setting in SettingTable.all {
      let key = Key(stringValue: setting.name)
      if setting.isList {
        let texts = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
        if !texts.isEmpty { given[setting.name] = texts }
      } else if let text = try container.decode(Option<String?>.self, forKey: key).wrappedValue {
        given[setting.name] = [text]
      }
    }
  }

  var customMirror: Mirror {
    Mirror(self, children: SettingTable.all.map { (label: $0.name, value: Self.option($0)) })
  }

  private static func option(_ setting: Setting) -> Any {
    let help = ArgumentHelp("\(setting.fullHelp)", valueName: setting.valueName)
    let name = NameSpecification.customLong(setting.name)
    var completion = CompletionKind.default
    if case .path = setting.kind { completion = .file() }
    if case .choice(let words) = setting.kind { completion = .list(words) }
    return setting.isList
      ? Option<[String]>(wrappedValue: [], name: name, help: help, completion: completion)
      : Option<String?>(wrappedValue: nil, name: name, help: help, completion: completion)
  }
}
