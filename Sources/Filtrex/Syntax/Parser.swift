/// Makes a syntax tree of tokens by precedence climbing, and goes on after a mistake, so that all of an expression's
/// mistakes are found at once.
struct Parser {
  /// How tightly an operator binds, loosest first.
  private enum Binding: Int, Comparable {
    case conditional, or, and, membership, relation, sum, product, prefix, power

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    var tighter: Binding { Binding(rawValue: rawValue + 1) ?? .power }
  }

  private enum Infix {
    case arithmetic(SyntaxTree.Arithmetic)
    case and, or
    case membership(isNegated: Bool)
    case relation(Relation)
    case question
  }

  private var tokens: [Token]
  private var position = 0
  private var depth = 0
  private(set) var tree = SyntaxTree()
  private(set) var diagnostics: [Diagnostic]
  /// Where the last mistake was reported: one place, one message.
  private var lastMistake = -1
  private var isTooDeep = false

  init(_ expression: String) {
    let lexer = Lexer(expression)
    tokens = lexer.tokens
    diagnostics = lexer.diagnostics
    // All but signs and words, and the operators, which are signs or words.
    tree.nodes.reserveCapacity(tokens.count)
    tree.root = whole()
    diagnostics.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private var token: Token { tokens[position] }

  private mutating func advance() {
    if token.kind != .end { position += 1 }
  }

  private mutating func take(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  /// The whole text: one expression and then the end.
  private mutating func whole() -> SyntaxTree.NodeID {
    var root = expression(.conditional)
    while token.kind != .end, !isTooDeep {
      mistake(expected: "an operator or the end of the expression")
      if infix() != nil {
        root = operators(on: root, .conditional)
        continue
      }
      // Whatever stands there is read as if an operator had been before it, to find its mistakes too.
      if beginsOperand { _ = expression(.conditional) } else { advance() }
    }
    return root
  }

  private var beginsOperand: Bool {
    switch token.kind {
    case .number, .text, .name, .quotedName, .word(.not), .word(.if), .sign(.open), .malformed:
      true
    default: false
    }
  }

  private func describe(_ token: Token) -> String {
    switch token.kind {
    case .end: "the end of the expression"
    case .number: "a number"
    case .text: "a text"
    case .name, .quotedName: "the name `\(token.content)`"
    case .word(let word): "`\(word.rawValue)`"
    case .sign(let sign): "`\(sign.rawValue)`"
    case .malformed: "something else"
    }
  }

  private mutating func mistake(expected: String) {
    // A malformed token has its own message from the lexer.
    guard token.kind != .malformed, lastMistake != position, !isTooDeep else { return }
    lastMistake = position
    let suggestion = nearestWord()
    let remedy =
      suggestion.map { ": did you mean `\($0.rawValue)`?" }
      ?? (isSecondOperator ? ": two operators stand side by side, leave one of them out" : "")
    diagnostics.append(
      Diagnostic(
        severity: .error, code: .syntax, range: token.range,
        message: "expected \(expected), found \(describe(token))\(remedy)", expected: expected,
        suggestion: suggestion?.rawValue))
    // What was probably meant goes on, so that one slip is one message.
    if let suggestion { tokens[position].kind = .word(suggestion) }
  }

  private mutating func expect(_ kind: Token.Kind, _ words: String) {
    if take(kind) { return }
    mistake(expected: words)
    // A slip may have been mended.
    _ = take(kind)
  }

  /// A name where an operator is due is often a word with a slip in it: `nt in`, `adn`.
  private func nearestWord() -> Token.Word? {
    guard token.kind == .name else { return nil }
    return NearestName.nearest(to: token.content, in: Token.Word.allCases.map(\.rawValue))
      .flatMap(Token.Word.init)
  }

  /// Whether an operator stands right behind another: `>>`, `and or`.
  private var isSecondOperator: Bool {
    guard position > 0, infix() != nil else { return false }
    switch tokens[position - 1].kind {
    case .sign(let sign): return Self.infix(sign) != nil
    case .word(.and), .word(.or), .word(.mod), .word(.in): return true
    default: return false
    }
  }

  private func warnOldForm(_ range: Range<Int>, write: String) -> Diagnostic {
    Diagnostic(
      severity: .warning, code: .oldForm, range: range,
      message: "this is the old form: write `\(write)`", suggestion: write)
  }

  private mutating func nested(
    _ body: (inout Self) -> SyntaxTree.NodeID
  ) -> SyntaxTree.NodeID {
    guard depth < Limits.nesting, !isTooDeep else {
      if !isTooDeep {
        diagnostics.append(
          Diagnostic(
            severity: .error, code: .nestingTooDeep, range: token.range,
            message: "the expression nests deeper than \(Limits.nesting): split it into several"))
      }
      // The rest is not looked at: it would be as deep again.
      isTooDeep = true
      position = tokens.count - 1
      return tree.add(.malformed, token.range)
    }
    depth += 1
    defer { depth -= 1 }
    return body(&self)
  }

  // MARK: - Operators

  private func range(_ left: SyntaxTree.NodeID, _ right: SyntaxTree.NodeID) -> Range<Int> {
    let start = tree[left].range.lowerBound
    return start..<max(start, tree[right].range.upperBound)
  }

  private func infix() -> (Infix, Binding, tokenCount: Int)? {
    switch token.kind {
    case .word(.and): (.and, .and, 1)
    case .word(.or): (.or, .or, 1)
    case .word(.in): (.membership(isNegated: false), .membership, 1)
    case .word(.not):
      tokens[position + 1].kind == .word(.in)
        ? (.membership(isNegated: true), .membership, 2) : nil
    case .word(.mod): (.arithmetic(.modulo), .product, 1)
    case .sign(let sign): Self.infix(sign).map { ($0, $1, 1) }
    default: nil
    }
  }

  private static func infix(_ sign: Token.Sign) -> (Infix, Binding)? {
    switch sign {
    case .plus: (.arithmetic(.add), .sum)
    case .minus: (.arithmetic(.subtract), .sum)
    case .times: (.arithmetic(.multiply), .product)
    case .divide: (.arithmetic(.divide), .product)
    case .percent: (.arithmetic(.modulo), .product)
    case .power: (.arithmetic(.power), .power)
    case .equal: (.relation(.equal), .relation)
    case .notEqual: (.relation(.notEqual), .relation)
    case .less: (.relation(.less), .relation)
    case .lessOrEqual: (.relation(.lessOrEqual), .relation)
    case .greater: (.relation(.greater), .relation)
    case .greaterOrEqual: (.relation(.greaterOrEqual), .relation)
    case .matches: (.relation(.matches), .relation)
    case .question: (.question, .conditional)
    case .open, .close, .comma, .colon: nil
    }
  }

  /// Operators at least as tight as `minimum`, and their operands.
  private mutating func expression(_ minimum: Binding) -> SyntaxTree.NodeID {
    operators(on: operand(), minimum)
  }

  private mutating func operators(
    on operand: SyntaxTree.NodeID, _ minimum: Binding
  ) -> SyntaxTree.NodeID {
    var left = operand
    // The chain of relations that the next relation continues: one in brackets is a value like any other.
    var chain: SyntaxTree.NodeID?
    while let (infix, binding, count) = infix(), binding >= minimum {
      let sign = token
      for _ in 0..<count { advance() }
      if case .relation(let relation) = infix {
        left = relate(left, relation, continues: chain == left)
        chain = left
      } else {
        left = combine(left, infix, binding, sign)
      }
    }
    return left
  }

  private mutating func combine(
    _ left: SyntaxTree.NodeID, _ infix: Infix, _ binding: Binding, _ sign: Token
  ) -> SyntaxTree.NodeID {
    switch infix {
    case .and:
      let right = expression(binding.tighter)
      return tree.add(.and(left, right), range(left, right))
    case .or:
      let right = expression(binding.tighter)
      return tree.add(.or(left, right), range(left, right))
    case .membership(let isNegated):
      let right = expression(binding.tighter)
      return tree.add(.membership(isNegated: isNegated, left, right), range(left, right))
    case .arithmetic(.power):
      let right = nested { $0.expression(.power) }
      return tree.add(.arithmetic(.power, left, right), range(left, right))
    case .arithmetic(let operation):
      if sign.kind == .sign(.percent) {
        diagnostics.append(warnOldForm(sign.range, write: "mod"))
      }
      let right = expression(binding.tighter)
      return tree.add(.arithmetic(operation, left, right), range(left, right))
    case .relation(let relation):
      return relate(left, relation, continues: false)
    case .question:
      return oldConditional(left, sign)
    }
  }

  /// `a < b <= c` is one node with two links.
  private mutating func relate(
    _ left: SyntaxTree.NodeID, _ relation: Relation, continues: Bool
  ) -> SyntaxTree.NodeID {
    let right = expression(Binding.relation.tighter)
    let link = SyntaxTree.Link(relation: relation, operand: right)
    guard continues, case .relations(let first, var links) = tree[left].kind else {
      return tree.add(.relations(left, [link]), range(left, right))
    }
    // The node lets go of its links while one is added: a chain of thousands is not copied for each.
    tree.nodes[left].kind = .malformed
    links.append(link)
    tree.nodes[left] = SyntaxTree.Node(
      kind: .relations(first, links), range: range(left, right))
    return left
  }

  private mutating func oldConditional(
    _ condition: SyntaxTree.NodeID, _ sign: Token
  ) -> SyntaxTree.NodeID {
    diagnostics.append(warnOldForm(sign.range, write: "if … then … else …"))
    let then = nested { $0.expression(.conditional) }
    expect(.sign(.colon), "`:` and what holds otherwise")
    let otherwise = nested { $0.expression(.conditional) }
    return tree.add(
      .conditional(condition: condition, then: then, otherwise: otherwise),
      range(condition, otherwise))
  }

  // MARK: - Operands

  private mutating func operand() -> SyntaxTree.NodeID {
    let token = token
    switch token.kind {
    case .number(let number):
      advance()
      return tree.add(.number(number), token.range)
    case .text:
      advance()
      return tree.add(.text(token.content), token.range)
    case .name, .quotedName:
      advance()
      return named(token)
    case .sign(.minus):
      advance()
      let operand = nested { $0.expression(.prefix) }
      return tree.add(.negate(operand), token.range.lowerBound..<end(operand, token))
    case .word(.not):
      advance()
      let operand = nested { $0.expression(.prefix) }
      return tree.add(.not(operand), token.range.lowerBound..<end(operand, token))
    case .word(.if):
      advance()
      return nested { $0.conditional(token) }
    case .sign(.open):
      advance()
      return nested { $0.bracketed(token) }
    case .malformed:
      advance()
      return tree.add(.malformed, token.range)
    case .word, .sign, .end:
      return missingOperand()
    }
  }

  private func end(_ node: SyntaxTree.NodeID, _ token: Token) -> Int {
    max(token.range.upperBound, tree[node].range.upperBound)
  }

  /// An operator that stands twice is dropped the second time; a bracket or comma is left for whom it concerns.
  private mutating func missingOperand() -> SyntaxTree.NodeID {
    mistake(expected: "a number, a text, a name or `(`")
    let range = token.range
    if infix() != nil {
      advance()
      return nested { $0.operand() }
    }
    return tree.add(.malformed, range.lowerBound..<range.lowerBound)
  }

  private mutating func conditional(_ word: Token) -> SyntaxTree.NodeID {
    let condition = expression(.conditional)
    expect(.word(.then), "`then` and what holds if so")
    let then = expression(.conditional)
    expect(.word(.else), "`else` and what holds otherwise")
    let otherwise = expression(.conditional)
    return tree.add(
      .conditional(condition: condition, then: then, otherwise: otherwise),
      word.range.lowerBound..<end(otherwise, word))
  }

  /// Expressions up to the closing bracket.
  private mutating func elements() -> [SyntaxTree.NodeID] {
    var elements = [expression(.conditional)]
    while !isTooDeep {
      if take(.sign(.comma)) {
        elements.append(expression(.conditional))
      } else if token.kind == .sign(.close) || token.kind == .end {
        break
      } else {
        mistake(expected: "an operator, `,` or `)`")
        if infix() != nil, let last = elements.popLast() {
          elements.append(operators(on: last, .conditional))
          continue
        }
        if beginsOperand { elements.append(expression(.conditional)) } else { advance() }
      }
    }
    expect(.sign(.close), "`)`")
    return elements
  }

  private mutating func bracketed(_ open: Token) -> SyntaxTree.NodeID {
    let elements = elements()
    let range = open.range.lowerBound..<tokens[max(position - 1, 0)].range.upperBound
    if elements.count == 1 { return elements[0] }
    return tree.add(.list(elements), range)
  }

  /// A name alone, `name of …` or `name(…)`.
  private mutating func named(_ name: Token) -> SyntaxTree.NodeID {
    let isQuoted = name.kind == .quotedName
    if take(.word(.of)) {
      // An operand and no operators, since nothing binds tighter.
      let object = nested { $0.operand() }
      return tree.add(
        .property(
          name: name.content, isQuoted: isQuoted, nameRange: name.range, of: object),
        name.range.lowerBound..<end(object, name))
    }
    if take(.sign(.open)) {
      let arguments = take(.sign(.close)) ? [] : nested { $0.elements() }
      let range = name.range.lowerBound..<tokens[max(position - 1, 0)].range.upperBound
      return tree.add(
        .call(name: name.content, nameRange: name.range, arguments: arguments), range)
    }
    if !isQuoted, let constant = SyntaxTree.Constant(rawValue: name.content) {
      return tree.add(.constant(constant), name.range)
    }
    return tree.add(.name(name.content), name.range)
  }

  private mutating func nested(
    _ body: (inout Self) -> [SyntaxTree.NodeID]
  ) -> [SyntaxTree.NodeID] {
    var elements: [SyntaxTree.NodeID] = []
    _ = nested { parser -> SyntaxTree.NodeID in
      elements = body(&parser)
      return 0
    }
    return elements
  }
}
