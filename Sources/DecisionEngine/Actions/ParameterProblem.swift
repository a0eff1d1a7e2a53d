/// What is wrong with a parameter.
public struct ParameterProblem: Error, Equatable, Sendable {
  /// The parameter's name.
  public var parameter: String
  /// One sentence with the remedy.
  public var message: String

  /// Says what is wrong.
  public init(parameter: String, message: String) {
    self.parameter = parameter
    self.message = message
  }
}
