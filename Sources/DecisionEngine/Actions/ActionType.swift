public import JSON

/// A kind of action: what trees call it, and what its parameters must be.
///
/// Decoding, validation, JSON Schema and documentation come from this declaration. An action is data: a
/// worker decides and renders it; delivering it is another process's work.
public protocol ActionType: SendableMetatype {
  /// What trees call it: `SendSMS`.
  static var name: String { get }
  /// One sentence for people.
  static var summary: String { get }
  /// Its parameters; any other is refused.
  static var parameters: [Parameter] { get }
  /// What is wrong with rendered parameters that are each right on their own.
  static func problems(with parameters: JSONObject) -> [ParameterProblem]
}

extension ActionType {
  /// Nothing is wrong where each parameter is right.
  public static func problems(with parameters: JSONObject) -> [ParameterProblem] { [] }
}

/// An action type as the engine keeps it.
///
/// Immutable, and shared by all actions of all trees: each of them counts one reference.
final class ActionDefinition: Sendable {
  let name: String
  let summary: String
  let parameters: [Parameter]
  let parameterNames: [String]
  /// The name with its article, for sentences.
  let article: String
  let problemsTogether: @Sendable (JSONObject) -> [ParameterProblem]

  init<Action: ActionType>(_ type: Action.Type) {
    name = Action.name
    summary = Action.summary
    parameters = Action.parameters
    parameterNames = Action.parameters.map(\.name)
    let beginsWithVowel = Action.name.first.map { "AEIOUaeiou".contains($0) } == true
    article = "\(beginsWithVowel ? "an" : "a") \(Action.name)"
    problemsTogether = { Action.problems(with: $0) }
  }

  /// All that is wrong with rendered parameters.
  func problems(with object: JSONObject) -> [ParameterProblem] {
    var problems: [ParameterProblem] = []
    for parameter in parameters {
      if let value = object[parameter.name] {
        problems += parameter.problems(with: value, in: .rendered).map {
          ParameterProblem(parameter: parameter.name, message: parameter.message($0))
        }
      } else if parameter.isRequired {
        problems.append(missing(parameter))
      }
    }
    return problems.isEmpty ? problemsTogether(object) : problems
  }

  func missing(_ parameter: Parameter) -> ParameterProblem {
    ParameterProblem(
      parameter: parameter.name, message: "\(article) needs the parameter `\(parameter.name)`")
  }
}
