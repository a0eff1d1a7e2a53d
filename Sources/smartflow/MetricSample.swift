internal import JSON

/// One sample of the text formats, taken apart.
struct MetricSample {
  var name: String
  var labels: [(name: String, value: String)] = []
  /// As it is written: a number of any length, or `+Inf`.
  var value: String

  /// Reads a line; gives `nil` of a comment, and of what is no sample.
  init?(line: Substring) {
    guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { return nil }
    value = String(line[line.index(after: space)...])
    let series = line[..<space]
    guard let brace = series.firstIndex(of: "{") else {
      name = String(series)
      return
    }
    name = String(series[..<brace])
    var rest = series[series.index(after: brace)...]
    while let equals = rest.firstIndex(of: "=") {
      let label = rest[..<equals].drop { $0 == "," }
      rest = rest[rest.index(after: equals)...]
      guard rest.popFirst() == "\"", let text = Self.takeText(&rest) else { return nil }
      labels.append((String(label), text))
    }
  }

  /// Takes a text off that ends with a quote, and undoes its escapes.
  private static func takeText(_ rest: inout Substring) -> String? {
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        text.append(escaped == "n" ? "\n" : escaped)
      default: text.append(character)
      }
    }
    return nil
  }

  /// Values as texts where a double would not hold all of their digits.
  var report: JSONValue {
    var number = JSONValue.string(value)
    if let double = Double(value), double.isFinite, abs(double) < 9_007_199_254_740_992 {
      number = .number(double)
    }
    return .object([
      ("name", .string(name)), ("labels", .object(labels.map { ($0.name, .string($0.value)) })),
      ("value", number),
    ])
  }
}
