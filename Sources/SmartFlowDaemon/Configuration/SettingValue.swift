internal import JSON

/// The value of one ``Setting``, of its kind and within its range.
enum SettingValue: Equatable, Sendable {
  case count(Int)
  case time(TimeText)
  case size(SizeText)
  case fraction(Double)
  case text(String)
  case names([String])

  /// As a person writes it.
  var text: String {
    switch self {
    case .count(let number): String(number)
    case .time(let time): time.description
    case .size(let size): size.description
    case .fraction(let number): "\(number)"
    case .text(let text): text
    case .names(let names): names.joined(separator: ",")
    }
  }
}

extension Setting {
  /// Reads what a flag or a variable says, each time that the flag was given.
  ///
  /// - Throws: ``ConfigurationFlaw/Reason`` when it is no value of this kind.
  func read(_ texts: [String]) throws(ConfigurationFlaw.Reason) -> SettingValue {
    if isList {
      return .names(
        texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map {
          String($0)
        })
    }
    guard let text = texts.last else { throw .malformed("", form: form) }
    return try read(text)
  }

  private func read(_ text: String) throws(ConfigurationFlaw.Reason) -> SettingValue {
    let value: SettingValue?
    switch kind {
    case .count:
      let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      value = isPlain ? Int(text).map { .count($0) } : nil
    case .time: value = TimeText(argument: text).map { .time($0) }
    case .size: value = SizeText(argument: text).map { .size($0) }
    case .fraction: value = Double(text).map { .fraction($0) }
    case .mode:
      value = UInt32(text, radix: 8).flatMap { $0 <= 0o777 ? .text(text) : nil }
    case .choice(let words): value = words.contains(text) ? .text(text) : nil
    case .path, .text: value = text.isEmpty ? nil : .text(text)
    case .names: value = .names([text])
    }
    guard let value else { throw .malformed(text, form: form) }
    return try within(value)
  }

  /// Reads what stands in a file.
  ///
  /// - Throws: ``ConfigurationFlaw/Reason`` when it is no value of this kind.
  func read(_ json: JSONValue) throws(ConfigurationFlaw.Reason) -> SettingValue {
    switch (kind, json) {
    case (.count, .number(let number)):
      guard let count = Int(exactly: number) else { throw .malformed("\(number)", form: form) }
      return try within(.count(count))
    case (.fraction, .number(let number)): return try within(.fraction(number))
    case (.names, .array(let elements)):
      var names: [String] = []
      for element in elements {
        switch element {
        case .string(let name): names.append(name)
        case .number(let number):
          guard let count = Int(exactly: number) else { throw .malformed("\(number)", form: form) }
          names.append(String(count))
        default: throw .wrongType(element.typeName + " in a list", form: form)
        }
      }
      return .names(names)
    case (.time, .string(let text)), (.size, .string(let text)), (.choice, .string(let text)),
      (.mode, .string(let text)), (.path, .string(let text)), (.text, .string(let text)):
      return try read(text)
    default: throw .wrongType(json.typeName, form: form)
    }
  }

  private func within(_ value: SettingValue) throws(ConfigurationFlaw.Reason) -> SettingValue {
    let isWithin =
      switch (kind, value) {
      case (.count(let range), .count(let count)): range.contains(count)
      case (.time(let least, let most), .time(let time)):
        (least.nanoseconds...most.nanoseconds).contains(time.nanoseconds)
      case (.fraction, .fraction(let number)): (0...1).contains(number)
      case (.size(let least), .size(let size)): size.byteCount >= least.byteCount
      default: true
      }
    guard isWithin else { throw .outOfRange(value.text, form: form) }
    return value
  }
}
