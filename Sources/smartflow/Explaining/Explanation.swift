internal import JSON

/// What a decision came to and how, be it the engine's here or a daemon's.
struct Explanation {
  /// Who decided.
  enum Decider {
    case engine
    case daemon(executionID: String)
  }

  /// Why the tree could not be decided, and how to exit.
  struct Failing {
    /// The status as gRPC spells it: `FAILED_PRECONDITION`.
    var status: String
    /// Where it ended, as an RFC 6901 pointer to the node.
    var path: String
    var fault: Fault
    var exitCode: Failure.Code
  }

  /// Why a node came to nothing.
  struct Fault {
    /// For programs: `UNKNOWN_PROPERTY`.
    var reason: String
    /// One sentence with the remedy.
    var message: String
    /// Where in the expression, in UTF-8 bytes; `nil` where it is about no place.
    var range: Range<Int>?
  }

  /// An expression that was evaluated, or a split by the player.
  struct Step {
    var path: String
    var expression: String
    var expressionPath: String
    /// What it came to; `nil` where it has no value.
    var result: JSONValue?
    var isResultCut: Bool
    var fault: Fault?
    var fuelUsed: Int
    var elapsed: Duration
    var reads: [Read]
    var split: Split?
  }

  /// A property that an expression has read.
  struct Read {
    var name: String
    /// What was there; `nil` where the context lacks it.
    var value: JSONValue?
    var isCut: Bool
  }

  /// Where a split's key fell.
  struct Split {
    var fraction: Double
    var share: Int
  }

  /// An action that was decided on, or a node that failed beside others.
  struct Action {
    var type: String
    var path: String
    var nodeID: String
    /// As rendered.
    var parameters: JSONObject?
    var fault: Fault?
  }

  var decider: Decider
  var playerID: String
  /// SHA-256 of the tree's canonical JSON, in hexadecimal.
  var digest: String
  var failing: Failing?
  var steps: [Step]
  /// Steps at the end that there was no room for.
  var omittedSteps: Int
  var actions: [Action]
  var fuelUsed: Int
  /// No execution of the tree can use more.
  var fuelBound: Int
  var elapsed: Duration

  /// For programs.
  var status: String {
    if failing != nil { return "FAILED" }
    return actions.contains { $0.fault != nil } ? "PARTIALLY_COMPLETED" : "COMPLETED"
  }
}

extension JSONValue {
  /// A value from its text; a text that is none stands for itself.
  init(text: String) {
    do throws(JSONError) {
      // Safe: bytes of any content are bytes.
      self = unsafe try JSONParser.parse(Array(text.utf8).span.bytes)
    } catch {
      self = .string(text)
    }
  }
}
