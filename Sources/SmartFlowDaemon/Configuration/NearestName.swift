/// The name that somebody may have meant.
enum NearestName {
  /// Keys are short; one that needs more changes than this was not meant.
  private static let mostChanges = 3

  /// The nearest of `names`, if one is near.
  static func to(_ text: String, of names: [String]) -> String? {
    // Longer than any name, and so near to none.
    guard text.utf8.count <= 64 else { return nil }
    let rated = names.map { (name: $0, changes: changes(text, $0)) }
    guard let best = rated.min(by: { $0.changes < $1.changes }),
      best.changes <= min(mostChanges, text.utf8.count / 2)
    else { return nil }
    return best.name
  }

  /// Characters to insert, delete or replace (Levenshtein).
  private static func changes(_ left: String, _ right: String) -> Int {
    let right = Array(right.lowercased().utf8)
    var row = Array(0...right.count)
    for (index, byte) in left.lowercased().utf8.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for place in right.indices {
        // An underscore for a dash is how the variables write it.
        let isSame = byte == right[place] || (byte == 0x5F && right[place] == 0x2D)
        let cost = min(diagonal + (isSame ? 0 : 1), row[place] + 1, row[place + 1] + 1)
        diagonal = row[place + 1]
        row[place + 1] = cost
      }
    }
    return row[right.count]
  }
}
