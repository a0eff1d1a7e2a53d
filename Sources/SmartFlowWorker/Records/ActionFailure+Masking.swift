internal import DecisionEngine
internal import Telemetry

extension ActionFailure {
  /// What records say of it: of a masked parameter only that it does not fit, since the sentence may quote its value.
  func message(masking mask: ParameterMask) -> String {
    guard !mask.isEmpty, case .parameters(let problems) = kind else { return message }
    return problems.map { problem in
      mask.masks(problem.parameter)
        ? "`\(problem.parameter)` is not what the action's type wants" : problem.message
    }.joined(separator: "; ")
  }
}
