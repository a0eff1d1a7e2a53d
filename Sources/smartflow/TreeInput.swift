internal import ArgumentParser
internal import DecisionEngine
internal import Filtrex
internal import JSON

/// A tree from a file or from standard input, checked here before anybody is asked.
struct TreeInput {
  let name: String
  let bytes: [UInt8]
  let value: JSONValue

  init(path: String) throws(Failure) {
    let name = path == "-" ? "standard input" : path
    let bytes = try Terminal.read(path, what: "tree")
    self.name = name
    self.bytes = bytes
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      value = unsafe try JSONParser.parse(bytes.span.bytes, limits: TreeLimits.json)
    } catch {
      throw Failure(.badData, "\(name):\(error.line):\(error.column): \(error.reason)")
    }
  }

  /// The compiled tree; what there is to say of it goes to standard error.
  func compile() throws(Failure) -> Tree {
    let compilation = Engine().compile(value)
    for diagnostic in compilation.diagnostics { Terminal.complain(text(of: diagnostic)) }
    guard let tree = compilation.tree else {
      let errors = compilation.diagnostics.count { $0.severity == .error }
      throw Failure(.badData, "\(name) has \(errors) error\(errors == 1 ? "" : "s")")
    }
    return tree
  }

  /// A diagnostic with its place in the file and, where it is about an expression, the place in that.
  func text(of diagnostic: TreeDiagnostic) -> String {
    // Safe: bytes of any content are bytes.
    let position = unsafe JSONParser.position(of: diagnostic.path, in: bytes.span.bytes)
    let place = position.map { "\(name):\($0.line):\($0.column)" } ?? name
    let path = diagnostic.path.description.isEmpty ? "/" : diagnostic.path.description
    let headline =
      "\(place): \(diagnostic.severity.rawValue): \(diagnostic.message) [\(diagnostic.code.rawValue)]\n  at \(path)"
    guard !diagnostic.range.isEmpty || diagnostic.code == .syntax,
      case .string(let source)? = value.value(at: diagnostic.path)
    else { return headline }
    return Excerpt.text(of: source, range: diagnostic.range, message: headline)
  }
}

extension JSONValue {
  /// The value at a place inside this one.
  func value(at pointer: JSONPointer) -> JSONValue? {
    var current = self
    for component in pointer.components {
      switch current {
      case .object(let object):
        guard let member = object[component] else { return nil }
        current = member
      case .array(let elements):
        guard let index = Int(component), elements.indices.contains(index) else { return nil }
        current = elements[index]
      default: return nil
      }
    }
    return current
  }
}
