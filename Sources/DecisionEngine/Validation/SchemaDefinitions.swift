internal import Filtrex
internal import JSON

/// What the definitions of a schema are, as far as they are read.
///
/// In pieces, of which only those are made that something is known of: there may be tens of thousands of definitions.
struct SchemaDefinitions: Sendable {
  /// The keywords that definitions stand under.
  static let keywords = ["$defs", "definitions"]

  /// Where a definition stands: under which of the keywords, and as which member.
  struct Place {
    var keyword: Int
    var member: Int
  }

  /// How far a definition is read.
  enum State {
    case unread
    /// It is being read, with so many values around it.
    case open(values: Int)
    case read(ValueShape)
  }

  private static let definitionsPerPart = 32

  /// What stands under each keyword, if that is an object.
  private let objects: [JSONObject?]
  private var parts: [[[State]]]

  init(of root: JSONValue) {
    objects = Self.keywords.map { keyword in
      guard case .object(let schema) = root, case .object(let object)? = schema[keyword] else {
        return nil
      }
      return object
    }
    parts = objects.map { object in
      [[State]](
        repeating: [],
        count: ((object?.count ?? 0) + Self.definitionsPerPart - 1)
          / Self.definitionsPerPart)
    }
  }

  /// The place of a definition by its name; `nil` where there is none.
  func place(of name: String, under keyword: Int) -> Place? {
    objects[keyword]?.index(of: name).map { Place(keyword: keyword, member: $0) }
  }

  /// The place behind another; `nil` behind the last.
  func place(after place: Place?) -> Place? {
    var next = Place(keyword: 0, member: 0)
    if let place { next = Place(keyword: place.keyword, member: place.member + 1) }
    while next.keyword < objects.count {
      if next.member < objects[next.keyword]?.count ?? 0 { return next }
      next = Place(keyword: next.keyword + 1, member: 0)
    }
    return nil
  }

  /// The first names under a keyword.
  func names(under keyword: Int, first count: Int) -> [String] {
    objects[keyword]?.prefix(count).map(\.key) ?? []
  }

  /// A definition's name, and what it is.
  func member(at place: Place) -> JSONObject.Element? {
    guard let object = objects[place.keyword] else { return nil }
    return object[place.member]
  }

  subscript(place: Place) -> State {
    get {
      let part = parts[place.keyword][place.member / Self.definitionsPerPart]
      return part.isEmpty ? .unread : part[place.member % Self.definitionsPerPart]
    }
    set {
      let part = place.member / Self.definitionsPerPart
      if parts[place.keyword][part].isEmpty {
        parts[place.keyword][part] = [State](repeating: .unread, count: Self.definitionsPerPart)
      }
      parts[place.keyword][part][place.member % Self.definitionsPerPart] = newValue
    }
  }

  /// Gives back a few of them.
  ///
  /// - Returns: Whether there are more.
  mutating func giveBack() -> Bool {
    guard let last = parts.indices.last else { return false }
    if parts[last].popLast() == nil { parts.removeLast() }
    return true
  }
}
