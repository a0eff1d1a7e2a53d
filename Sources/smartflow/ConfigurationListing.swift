internal import JSON
internal import SmartFlowMessages

/// A daemon's settings, for people and for programs.
struct ConfigurationListing {
  let values: [ConfigurationValueMessage]

  /// A value wider than this does not push the places of all others away.
  private static let widestValue = 40

  /// A line for each: name, value, and who said it.
  var text: String {
    let nameWidth = values.map(\.name.count).max() ?? 0
    let valueWidth = min(values.map(\.value.count).max() ?? 0, Self.widestValue)
    return values.map { value in
      let shown = value.value.isEmpty ? "none" : DisplayText.plain(value.value)
      let place = value.place.isEmpty ? Self.name(of: value.source) : DisplayText.plain(value.place)
      let pending =
        value.pendingValue.isEmpty
        ? "" : "  (\(DisplayText.plain(value.pendingValue)) after a restart)"
      return Self.pad(value.name, nameWidth) + "  " + Self.pad(shown, valueWidth) + "  " + place
        + pending
    }.joined(separator: "\n")
  }

  /// The same by the settings' names.
  var report: JSONValue {
    .object(
      values.map { value in
        var members: [(String, JSONValue)] = [
          ("value", .string(value.value)), ("source", .string(Self.name(of: value.source))),
          ("place", .string(value.place)),
        ]
        if !value.pendingValue.isEmpty {
          members.append(("pendingValue", .string(value.pendingValue)))
        }
        return (value.name, .object(members))
      })
  }

  private static func name(of source: ConfigurationValueMessage.Source) -> String {
    switch source {
    case .flag: "flag"
    case .environment: "environment"
    case .file: "file"
    case .standard: "default"
    case .unspecified: "unknown"
    }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
