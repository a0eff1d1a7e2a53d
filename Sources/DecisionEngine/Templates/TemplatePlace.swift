internal import JSON

/// Where one expression of an action's parameters stands.
struct TemplatePlace: Sendable, Equatable {
  /// RFC 6901 pointer to its text, from the parameters on.
  var path: JSONPointer
  /// Where in the text it begins, in UTF-8 bytes.
  var offset: Int
  /// Whether its value keeps its type rather than becoming part of a text.
  var keepsType: Bool
}

extension ParameterTemplate {
  /// The places of all expressions, in order.
  ///
  /// - Parameter lengths: How long each of them is, in UTF-8 bytes.
  /// - Returns: As many places.
  func places(lengths: [Int]) -> [TemplatePlace] {
    var places: [TemplatePlace] = []
    places.reserveCapacity(lengths.count)
    append(at: JSONPointer(), lengths, to: &places)
    return places
  }

  private func append(
    at path: JSONPointer, _ lengths: [Int], to places: inout [TemplatePlace]
  ) {
    let braces = 2
    switch self {
    case .constant: return
    case .value: places.append(TemplatePlace(path: path, offset: braces, keepsType: true))
    case .text(let parts):
      var offset = 0
      for part in parts {
        switch part {
        case .literal(let literal): offset += literal.utf8.count
        case .expression:
          guard places.count < lengths.count else { return }
          let length = lengths[places.count]
          places.append(TemplatePlace(path: path, offset: offset + braces, keepsType: false))
          offset += braces + length + braces
        }
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        element.append(at: path.appending(index), lengths, to: &places)
      }
    case .object(let members):
      for (key, value) in members { value.append(at: path.appending(key), lengths, to: &places) }
    }
  }
}
