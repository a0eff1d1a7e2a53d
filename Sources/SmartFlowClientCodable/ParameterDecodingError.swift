/// Why an action's parameters are not of a type.
///
/// `path` is the coding path, with dots between the keys; empty for the parameters themselves.
public enum ParameterDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is nothing of this name.
  case missing(path: String)
  /// There is something else than the type wants.
  case mismatch(path: String, expected: String, received: String)
  /// What the type's own `init(from:)` has thrown, in words.
  case failed(description: String)

  /// One sentence with the place.
  public var description: String {
    switch self {
    case .missing(let path): "\(place(path)) is not there"
    case .mismatch(let path, let expected, let received):
      "\(place(path)) is \(received) where \(expected) is wanted"
    case .failed(let description): "the parameters could not be decoded: \(description)"
    }
  }

  private func place(_ path: String) -> String { path.isEmpty ? "the action" : "`\(path)`" }
}
