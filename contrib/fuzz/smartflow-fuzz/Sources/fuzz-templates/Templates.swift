import DecisionEngine
import FuzzSupport
import JSON

/// A text with `{{ }}` in it as a parameter of an action, rendered whole and in slices.
///
/// What stands behind the first byte 0xFF is the player as JSON.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let (before, player) = input.split(at: 0xFF)
    let text = String(decoding: before, as: UTF8.self)
    let compilation = Engine().compile(tree(text))
    for diagnostic in compilation.diagnostics {
      require(
        diagnostic.range.lowerBound >= 0 && diagnostic.range.upperBound <= text.utf8.count,
        "\(diagnostic.code) at \(diagnostic.range) of \(text.utf8.count) bytes")
    }
    guard let tree = compilation.tree else {
      return require(!compilation.diagnostics.isEmpty, "there is no tree, and no reason")
    }
    let context = Player.context(player)
    TreeRun.check(tree, for: context, slice: 1 + count % 7)
    guard !text.utf8.contains("{{".utf8) else { return }
    var execution = Execution()
    execution.context = context
    execution.start(tree, inputs: ExecutionInputs(now: 0))
    var fuel = tree.fuelBound
    require(execution.run(tree, fuel: &fuel) == .finished, "a text without expressions fails")
    require(
      execution.actions.first?.parameters?["message"] == .string(text),
      "a text without expressions is rendered as another")
  }
}

/// An action that says the text.
private func tree(_ text: String) -> JSONValue {
  .object([
    ("type", .string("SendSMS")),
    (
      "parameters",
      .object([
        ("phone", .string("+35621234567")), ("message", .string(text)),
      ])
    ),
  ])
}
