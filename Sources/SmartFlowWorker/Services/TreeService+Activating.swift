internal import Catalog
internal import SmartFlowMessages

/// Activating: a version that was sound when it was published is looked at again, if anything it uses or that uses it could
/// have changed what that is worth.
extension Worker {
  /// Makes a version active; where the keeper wants to know what it uses and what uses it, looks at those first.
  ///
  /// - Parameters:
  ///   - activation: Which.
  ///   - candidate: What was looked at; `nil` before anybody wanted to know.
  ///   - call: Whom to answer.
  func activate(_ activation: Activation, _ candidate: Candidate?, _ call: Call) {
    ask(.activate(activation), for: call) { worker, call, reply in
      switch (reply, candidate) {
      case (.activated(let version, let previous), _):
        let response = ActivateTreeResponse(
          version: TreeVersionMessage(version, isWhole: false), previousVersion: previous)
        worker.answer(call) { response.append(to: &$0) }
      case (.refused(.unchecked(let version)), nil):
        var activation = activation
        activation.version = version
        worker.lookBeforeActivating(activation, call)
      case (.refused(.changed), let candidate?):
        worker.activateLater(activation, candidate, call)
      default: worker.answer(call, refused: reply, of: activation.treeID)
      }
    }
  }

  private func lookBeforeActivating(_ activation: Activation, _ call: Call) {
    ask(.get(activation.treeID, version: activation.version), for: call) { worker, call, reply in
      guard case .version(let version) = reply else {
        return worker.answer(call, refused: reply, of: activation.treeID)
      }
      do throws(RPCStatus) {
        let candidate = Candidate(
          version.treeID, json: version.json, contextSchema: version.contextSchema,
          try worker.compile(version.json, .published, as: version.treeID))
        worker.look(
          at: candidate.compile, contextSchema: version.contextSchema, for: call
        ) { worker, call, tree, diagnostics in
          guard tree != nil else { return worker.answer(call, failure: .invalidTree(diagnostics)) }
          worker.lookAtUsers(activation, candidate, call)
        }
      } catch {
        worker.answer(call, failure: error)
      }
    }
  }

  private func lookAtUsers(_ activation: Activation, _ candidate: Candidate, _ call: Call) {
    lookAtUsers(of: candidate, for: call) { worker, call, isCurrent in
      guard isCurrent else { return worker.activateLater(activation, candidate, call) }
      guard candidate.brokenUsers.isEmpty else {
        return worker.answer(call, failure: .breaksUsers(candidate))
      }
      var activation = activation
      activation.grounds = candidate.grounds(usesOthers: true)
      worker.activate(activation, candidate, call)
    }
  }

  /// Looks at a version anew, since the catalog is not what it was.
  private func activateLater(_ activation: Activation, _ candidate: Candidate, _ call: Call) {
    lookAgain(at: candidate, call) { worker, call, _ in
      worker.lookAtUsers(activation, candidate, call)
    }
  }
}
