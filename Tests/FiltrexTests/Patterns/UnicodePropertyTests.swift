import Testing

@testable import Filtrex

@Suite struct `Unicode properties of patterns` {
  private func scalars(_ name: String) throws -> Set<UInt32> {
    let set = try #require(UnicodeProperty.set(named: name), "\(name)")
    return Set(set.ranges.flatMap { Array($0.lower...$0.upper) })
  }

  /// Scalars whose properties were settled before either table was made.
  private static let settled = (UInt32(0)...0x2FFFF).compactMap(Unicode.Scalar.init).filter {
    ($0.properties.age?.major ?? 99) <= 10
  }

  @Test(arguments: [
    ("Lu", Unicode.GeneralCategory.uppercaseLetter), ("Ll", .lowercaseLetter),
    ("Lt", .titlecaseLetter), ("Lm", .modifierLetter), ("Lo", .otherLetter),
    ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber),
    ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
    ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
    ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation),
    ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol),
    ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator), ("Cc", .control),
    ("Cf", .format), ("Co", .privateUse),
  ])
  func `have the categories that the standard library has`(
    name: String, category: Unicode.GeneralCategory
  ) throws {
    let found = try scalars(name)
    let differing = Self.settled.filter {
      found.contains($0.value) != ($0.properties.generalCategory == category)
    }
    #expect(differing.count < 10, "\(differing.map { String($0.value, radix: 16) })")
  }

  @Test(arguments: [
    "Alphabetic", "Uppercase", "Lowercase", "White_Space", "Emoji", "Emoji_Presentation",
    "ID_Start", "Ideographic", "Dash", "Math", "ASCII_Hex_Digit", "Quotation_Mark", "Cased",
  ])
  func `hold for the scalars that the standard library says`(name: String) throws {
    let found = try scalars(name)
    let differing = Self.settled.filter {
      found.contains($0.value) != Self.holds(name, $0.properties)
    }
    #expect(differing.count < 10, "\(differing.map { String($0.value, radix: 16) })")
  }

  private static func holds(_ name: String, _ properties: Unicode.Scalar.Properties) -> Bool? {
    switch name {
    case "Alphabetic": properties.isAlphabetic
    case "Uppercase": properties.isUppercase
    case "Lowercase": properties.isLowercase
    case "White_Space": properties.isWhitespace
    case "Emoji": properties.isEmoji
    case "Emoji_Presentation": properties.isEmojiPresentation
    case "ID_Start": properties.isIDStart
    case "Ideographic": properties.isIdeographic
    case "Dash": properties.isDash
    case "Math": properties.isMath
    case "ASCII_Hex_Digit": properties.isASCIIHexDigit
    case "Quotation_Mark": properties.isQuotationMark
    case "Cased": properties.isCased
    default: nil
    }
  }

  @Test func `have one scalar in one category, and all in some`() throws {
    var seen: Set<UInt32> = []
    var count = 0
    for table in UnicodeTable.categories {
      for range in table.ranges {
        seen.formUnion(range.lower...range.upper)
        count += Int(range.upper - range.lower) + 1
      }
    }
    #expect(seen.count == 0x110000 - 0x800 && count == seen.count)
    let groups = try ["L", "M", "N", "P", "S", "Z", "C"].map { try scalars($0).count }
    #expect(groups.reduce(0, +) == seen.count)
  }

  @Test func `have names that no other has`() {
    for tables in [UnicodeTable.categories, UnicodeTable.scripts] {
      for table in tables {
        #expect(tables.count { other in table.names.contains { other.isNamed($0) } } == 1)
      }
    }
  }

  @Test(arguments: [
    "", "=", "l", "LU", "Latin", "Script", "Script=", "Script=latin", "sc=Latin=Latin", "gc=",
    "Alphabetic=Y", "Block=Greek", " L", "L ",
  ])
  func `are none of another name`(name: String) {
    #expect(UnicodeProperty.set(named: name) == nil)
  }
}
