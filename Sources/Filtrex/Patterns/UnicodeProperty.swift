/// What stands between the braces of `\p{…}`.
///
/// - Source: ECMA-262, 22.2.1.8 and tables 67 to 70.
enum UnicodeProperty {
  /// The scalars of a property, of a general category, or of a value as in `Script=Greek`.
  ///
  /// - Returns: `nil` where there is no property of that name.
  static func set(named name: String) -> ScalarSet? {
    let parts = name.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      return parts.count == 1 ? category(name) ?? property(name) : nil
    }
    let value = String(parts[1]) ?? ""
    switch String(parts[0]) {
    case "General_Category", "gc": return category(value)
    case "Script", "sc": return set(in: UnicodeTable.scripts, value)
    case "Script_Extensions", "scx":
      return set(in: UnicodeTable.scriptExtensions, value) ?? set(in: UnicodeTable.scripts, value)
    default: return nil
    }
  }

  private static func set(in tables: [UnicodeTable], _ name: String) -> ScalarSet? {
    tables.first { $0.isNamed(name) }.map { ScalarSet($0.ranges) }
  }

  private static func property(_ name: String) -> ScalarSet? {
    switch name {
    case "Any": .all
    case "ASCII": ScalarSet([ScalarRange(0, 0x7F)])
    case "Assigned": category("Cn")?.inverted
    default: set(in: UnicodeTable.properties, name)
    }
  }

  private static func category(_ name: String) -> ScalarSet? {
    guard let group = groups.first(where: { $0.names.contains(name) }) else {
      return set(in: UnicodeTable.categories, name)
    }
    var ranges: [ScalarRange] = []
    for member in group.members {
      for table in UnicodeTable.categories where table.isNamed(member) { ranges += table.ranges }
    }
    return ScalarSet(ranges)
  }

  /// Categories that are made of others.
  private static let groups: [(names: [String], members: [String])] = [
    (["L", "Letter"], ["Lu", "Ll", "Lt", "Lm", "Lo"]),
    (["LC", "Cased_Letter"], ["Lu", "Ll", "Lt"]),
    (["M", "Mark", "Combining_Mark"], ["Mn", "Mc", "Me"]),
    (["N", "Number"], ["Nd", "Nl", "No"]),
    (["P", "Punctuation", "punct"], ["Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"]),
    (["S", "Symbol"], ["Sm", "Sc", "Sk", "So"]),
    (["Z", "Separator"], ["Zs", "Zl", "Zp"]),
    (["C", "Other"], ["Cc", "Cf", "Cs", "Co", "Cn"]),
  ]
}
