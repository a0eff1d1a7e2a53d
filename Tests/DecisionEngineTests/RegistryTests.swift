import DecisionEngine
import Testing

@Suite struct `The registry` {
  private enum Again: ActionType {
    static let name = "SendSMS"
    static let summary = "Takes a name that is taken."
    static let parameters: [Parameter] = []
  }

  private enum Switch: ActionType {
    static let name = "Switch"
    static let summary = "Takes the name of a node."
    static let parameters: [Parameter] = []
  }

  private enum Spaced: ActionType {
    static let name = "Send SMS"
    static let summary = "Has a name that no reference in a schema could hold."
    static let parameters: [Parameter] = []
  }

  private enum Twice: ActionType {
    static let name = "Twice"
    static let summary = "Has two parameters of one name."
    static let parameters = [
      Parameter("a", .logical, summary: "One."), Parameter("a", .number(), summary: "Two."),
    ]
  }

  private enum Braces: ActionType {
    static let name = "Braces"
    static let summary = "Has a choice that is a template wherever it is written."
    static let parameters = [
      Parameter("a", .list(of: .choice(["{{a}}"]), count: 1...2), summary: "One.")
    ]
  }

  @Test func `names its actions in order`() {
    #expect(ActionRegistry.standard.names == ["GrantBonus", "SendEmail", "SendSMS"])
    #expect(ActionRegistry().names.isEmpty)
  }

  @Test func `takes no name that is taken`() async {
    await #expect(processExitsWith: .failure) {
      var registry = ActionRegistry.standard
      registry.register(Again.self)
    }
    await #expect(processExitsWith: .failure) {
      var registry = ActionRegistry()
      registry.register(Switch.self)
    }
  }

  @Test func `takes no declaration that nothing could fit`() async {
    await #expect(processExitsWith: .failure) {
      var registry = ActionRegistry()
      registry.register(Spaced.self)
    }
    await #expect(processExitsWith: .failure) {
      var registry = ActionRegistry()
      registry.register(Twice.self)
    }
    await #expect(processExitsWith: .failure) {
      var registry = ActionRegistry()
      registry.register(Braces.self)
    }
  }
}
