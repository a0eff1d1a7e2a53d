extension Compiler {
  mutating func call(
    _ id: SyntaxTree.NodeID, _ name: String, _ nameRange: Range<Int>,
    _ arguments: [SyntaxTree.NodeID]
  ) -> Extent {
    guard let index = FunctionTable.index(of: name) else {
      let nearest = FunctionTable.nearest(to: name)
      let remedy =
        nearest.map { "did you mean `\($0)`?" }
        ?? "the functions are \(FunctionTable.names)"
      report(
        .unknownFunction, nameRange, "there is no function `\(name)`: \(remedy)", function: name,
        suggestion: nearest)
      // The arguments have mistakes of their own.
      for argument in arguments { _ = visit(argument) }
      return .anything
    }
    let row = FunctionTable.rows[index]
    guard row.accepts(argumentCount: arguments.count) else {
      report(
        .wrongArgumentCount, tree[id].range,
        "`\(name)` takes \(row.argumentCountText), here are \(arguments.count): write `\(row.signature)`",
        function: name, suggestion: row.signature)
      for argument in arguments { _ = visit(argument) }
      return .anything
    }
    if row.isPresence, case .name(let property) = tree[arguments[0]].kind {
      let slot = slot(of: property, tree[arguments[0]].range)
      emit(
        Instruction(name == "exists" ? .propertyExists : .propertyIsEmpty, short: slot),
        tree[id].range, arguments[0])
      return .logical
    }
    let extents = arguments.map { visit($0) }
    emitCall(index, tree[id].range, arguments, extents)
    return row.extent(extents)
  }
}

extension FunctionRow {
  /// `exists` and `empty` answer for a missing property, so that a name alone is not evaluated for them.
  var isPresence: Bool { parameters == [.anything] }

  /// The call as its author should write it.
  public var signature: String {
    var names = parameters.map(\.rawValue)
    if let repeatedParameter { names.append(repeatedParameter.rawValue + ", …") }
    return "\(name)(\(names.joined(separator: ", ")))"
  }

  var argumentCountText: String {
    switch parameters.count {
    case 0: "no argument"
    case 1: "one argument"
    default: "\(parameters.count) arguments"
    }
  }
}
