import Filtrex
import Testing

@testable import OracleSupport

@Suite struct `A context` {
  private func key(_ name: String, _ context: inout Context) {
    let bytes = Array(name.utf8)
    context.key(bytes.span.bytes)
  }

  @Test func `keeps the later of two members with one name`() {
    let context = Context(
      .object([
        .init(name: "a", value: .number(1)), .init(name: "b", value: .number(2)),
        .init(name: "a", value: .number(3)),
      ]))
    #expect(
      context.value
        == .object([.init(name: "b", value: .number(2)), .init(name: "a", value: .number(3))]))
  }

  @Test func `takes a composed and a decomposed letter for two names`() {
    let context = Context(
      .object([
        .init(name: "\u{E9}", value: .number(1)), .init(name: "e\u{301}", value: .number(2)),
      ]))
    #expect(Run("'\u{E9}' - 'e\u{301}'", in: context).outcome == .value(.number(-1)))
  }

  @Test func `gives back what was put in`() {
    #expect(Context(ExpressionGenerator.context).value == ExpressionGenerator.context)
    #expect(Context(ExpressionGenerator.context).violation == nil)
  }

  @Test func `is reused without a trace of the last player`() {
    var context = Context(ExpressionGenerator.context)
    context.removeAll()
    #expect(context.value == .object([]))
    context.beginObject()
    key("x", &context)
    context.number(1)
    context.endObject()
    #expect(context.value == .object([.init(name: "x", value: .number(1))]))
    #expect(context.violation == nil)
  }

  @Test(arguments: [Value.number(1), .list([]), .null, .text("a")])
  func `is one object`(root: Value) {
    #expect(Context(root).violation == .notOneObject)
  }

  @Test func `is not two objects`() {
    var context = Context(.object([]))
    context.beginObject()
    #expect(context.violation == .notOneObject)
  }

  @Test func `refuses a value without a name, and a list that ends an object`() {
    var context = Context()
    context.beginObject()
    context.number(1)
    #expect(context.violation == .misplaced)
    context = Context()
    context.beginObject()
    context.endList()
    #expect(context.violation == .misplaced)
    context = Context()
    context.beginObject()
    key("a", &context)
    context.endObject()
    #expect(context.violation == .misplaced)
  }

  @Test func `holds ten thousand values and no more`() {
    func values(_ count: Int) -> Value {
      .object((0..<count).map { .init(name: "p\($0)", value: .null) })
    }
    #expect(Context(values(10_000)).violation == nil)
    let broken = Context(values(10_001))
    #expect(broken.violation == .tooManyValues(limit: 10_000))
    #expect(broken.value == .object([]))
  }

  @Test func `nests 32 deep and no deeper`() {
    func nested(_ depth: Int) -> Value {
      (1..<depth).reduce(.object([])) { inner, _ in .object([.init(name: "a", value: inner)]) }
    }
    #expect(Context(nested(32)).violation == nil)
    #expect(Context(nested(33)).violation == .tooDeep(limit: 32))
  }

  @Test func `holds 256 KiB of texts and names and no more`() {
    func text(_ count: Int) -> Value {
      .object([.init(name: "a", value: .text(String(repeating: "x", count: count)))])
    }
    #expect(Context(text(262_143)).violation == nil)
    #expect(Context(text(262_144)).violation == .tooManyBytes(limit: 262_144))
  }

  @Test(arguments: [
    ContextError.notOneObject, .misplaced, .tooManyValues(limit: 7), .tooManyBytes(limit: 7),
    .tooDeep(limit: 7),
  ])
  func `says what to do about a limit`(error: ContextError) {
    #expect(error.description.count > 20)
  }
}
