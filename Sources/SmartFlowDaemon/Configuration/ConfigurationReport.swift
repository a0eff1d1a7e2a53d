internal import Catalog

/// What a daemon is configured to be, for whoever asks.
enum ConfigurationReport {
  /// Every setting, in the order of the table.
  static func values(of settings: DaemonSettings) -> [ConfiguredValue] {
    SettingTable.all.map { setting in
      let origin = settings.configuration.origin(setting)
      return ConfiguredValue(
        name: setting.name, value: settings.configuration.shown(setting),
        source: origin.source, place: origin == .standard ? "" : origin.place,
        pending: settings.pending[setting.name] ?? "")
    }
  }

  /// A line for each setting: name, value, and who said so.
  static func text(of settings: DaemonSettings) -> String {
    let values = values(of: settings)
    let nameWidth = values.map(\.name.count).max() ?? 0
    let valueWidth = min(values.map(\.value.count).max() ?? 0, 40)
    return values.map { value in
      let shown = value.value.isEmpty ? "none" : value.value
      let place = value.source == .standard ? "default" : value.place
      return pad(value.name, nameWidth) + "  " + pad(shown, valueWidth) + "  " + place
    }.joined(separator: "\n")
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension SettingOrigin {
  fileprivate var source: ConfiguredValue.Source {
    switch self {
    case .flag: .flag
    case .environment: .environment
    case .file: .file
    case .standard: .standard
    }
  }
}
