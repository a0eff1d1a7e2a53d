/// A value of JSON.
public enum JSONValue: Sendable, Equatable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A finite number.
  case number(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Values by name.
  case object(JSONObject)

  /// An object of the given members, of which later ones replace earlier ones of the same name.
  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(JSONObject(members))
  }

  /// What kind of value it is, in the words of JSON Schema.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// The members of a JSON object, in the order in which they stand there.
///
/// Two are equal when they have the same members in whatever order. Names are the same when their bytes
/// are: Swift's own comparison would take a composed and a decomposed `é` for one.
public struct JSONObject: Sendable, Equatable, RandomAccessCollection,
  ExpressibleByDictionaryLiteral
{
  /// A name and its value.
  public typealias Element = (key: String, value: JSONValue)

  private var members: [Element] = []
  /// Where each name stands, once there are too many to look through.
  private var positions: NameIndex?

  private static let membersWithoutIndex = 12

  /// An object without members.
  public init() {}

  /// An object of the given members, of which later ones replace earlier ones of the same name.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  /// An object of members no two of which have one name.
  package init(distinct members: [Element]) {
    self.members = members
    if members.count > Self.membersWithoutIndex { makeIndex() }
  }

  /// An object of the given members.
  public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }

  /// The first place.
  public var startIndex: Int { 0 }
  /// Past the last place.
  public var endIndex: Int { members.count }
  /// The member at a place.
  public subscript(position: Int) -> Element { members[position] }

  /// The names, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a name; setting `nil` takes the member away.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      guard let newValue else { return remove(key) }
      if let position = index(of: key) {
        members[position].value = newValue
      } else {
        append(key, newValue)
      }
    }
  }

  /// Where a name stands; `nil` where it does not.
  public func index(of key: String) -> Int? {
    let name = key.utf8.span
    guard let positions else {
      // Their lengths nearly always tell them apart, and cost less to ask for.
      return members.firstIndex {
        $0.key.utf8.count == name.count && $0.key.utf8.span.hasSameBytes(as: name)
      }
    }
    return positions.find(NameIndex.hash(name)) {
      members[$0].key.utf8.span.hasSameBytes(as: name)
    }
  }

  /// Whether both have the same members, in whatever order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  /// Takes out the last member; the object is of no use but for this from then on.
  mutating func takeLast() -> Element? {
    positions = nil
    return members.popLast()
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    positions?.insert(NameIndex.hash(key.utf8.span), at: members.count, count: members.count)
    members.append((key, value))
    if positions == nil && members.count > Self.membersWithoutIndex { makeIndex() }
  }

  private mutating func makeIndex() {
    var index = NameIndex()
    for place in members.indices {
      index.insert(NameIndex.hash(members[place].key.utf8.span), at: place, count: place)
    }
    positions = index
  }

  private mutating func remove(_ key: String) {
    guard let position = index(of: key) else { return }
    members.remove(at: position)
    if positions != nil { makeIndex() }
  }
}
