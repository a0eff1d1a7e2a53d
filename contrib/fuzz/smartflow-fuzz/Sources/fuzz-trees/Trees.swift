import DecisionEngine
import Filtrex
import FuzzSupport
import JSON

/// A tree as JSON, compiled as a text and as a value, and executed, whole and in slices.
///
/// A small text may be compiled at once, straight from its bytes; a value never is.
///
/// What stands behind the first byte 0xFF is the player as JSON.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let (json, player) = input.split(at: 0xFF)
    json.withExactBytes { bytes in
      let text = Work.paid("compiling a text") { (compiled(json), 0) }
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONParser.parse(bytes, limits: TreeLimits.json)
      } catch {
        return require(text == nil, "what is no JSON is a tree, or is told of as one")
      }
      let compilation = Work.paid("compiling") { (Engine().compile(value), 0) }
      checkSame(text, compilation)
      for diagnostic in compilation.diagnostics { check(diagnostic, of: value, in: bytes) }
      let hasErrors = compilation.diagnostics.contains { $0.severity == .error }
      require((compilation.tree == nil) == hasErrors, "a tree and errors, or neither")
      guard let tree = compilation.tree else { return }
      checkCanonical(tree)
      TreeRun.check(text?.tree ?? tree, for: Player.context(player), slice: 1 + count % 7)
    }
  }
}

/// What a worker makes of a text; `nil` where it is no JSON.
private func compiled(_ json: [UInt8]) -> TreeCompilation? {
  var preparation = TreePreparation(json: json)
  do throws(JSONError) {
    while try preparation.step() {}
  } catch {
    return nil
  }
  return preparation.compilation
}

/// A text comes to what its value comes to.
private func checkSame(_ text: TreeCompilation?, _ value: TreeCompilation) {
  require(text?.diagnostics == value.diagnostics, "a text has other diagnostics than its value")
  require((text?.tree == nil) == (value.tree == nil), "a text or its value is a tree, not both")
  guard let one = text?.tree, let other = value.tree else { return }
  require(one.canonicalJSON == other.canonicalJSON, "a text has other canonical JSON")
  for index in one.digest.indices {
    require(one.digest[index] == other.digest[index], "a text has another digest")
  }
  require(one.fuelBound == other.fuelBound, "a text has another bound")
  require(one.memoryBytes == other.memoryBytes, "a text takes other memory")
  require(one.nodeCount == other.nodeCount, "a text has other nodes")
  require(one.properties == other.properties, "a text reads other properties")
  require(one.expressions.count == other.expressions.count, "a text has other expressions")
  for (left, right) in zip(one.expressions, other.expressions) {
    require(left.path == right.path, "`\(left.path)` stands elsewhere in a value")
    require(
      left.program.listing == right.program.listing, "a text has another program at `\(left.path)`")
  }
}

/// The tree's own canonical JSON is the same tree.
private func checkCanonical(_ tree: Tree) {
  tree.canonicalJSON.withExactBytes { bytes in
    do throws(JSONError) {
      let value = try JSONParser.parse(bytes, limits: TreeLimits.json)
      guard let again = Engine().compile(value).tree else {
        broken("the canonical JSON of a tree is none")
      }
      require(again.canonicalJSON == tree.canonicalJSON, "the canonical JSON is another tree's")
      for index in tree.digest.indices {
        require(again.digest[index] == tree.digest[index], "the digest is another tree's")
      }
      require(again.fuelBound == tree.fuelBound, "the bound is another tree's")
    } catch {
      broken("the canonical JSON of a tree does not parse: \(error)")
    }
  }
}

/// A diagnostic names a place in the tree, or what is missing there, and bytes of its text.
///
/// A parameter may be missing with all the parameters.
private func check(_ diagnostic: TreeDiagnostic, of value: JSONValue, in bytes: RawSpan) {
  require(!diagnostic.message.isEmpty, "\(diagnostic.code) says nothing")
  var place: JSONValue? = value
  var isMissing = false
  for component in diagnostic.path.components {
    require(
      !isMissing || diagnostic.code == .missingParameter,
      "`\(diagnostic.path)` is below what is not there")
    switch place {
    case .object(let object)?: place = object[component]
    case .array(let elements)?:
      place = Int(component).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    default: place = nil
    }
    isMissing = place == nil
  }
  if !isMissing {
    require(
      JSONParser.position(of: diagnostic.path, in: bytes) != nil,
      "`\(diagnostic.path)` has no position")
  }
  guard !diagnostic.range.isEmpty else { return }
  guard case .string(let text)? = place else {
    broken("\(diagnostic.code) has the range \(diagnostic.range) of no text")
  }
  require(
    diagnostic.range.upperBound <= text.utf8.count,
    "\(diagnostic.code) at \(diagnostic.range) of \(text.utf8.count) bytes")
}
