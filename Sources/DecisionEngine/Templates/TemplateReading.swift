internal import JSON

/// An action's parameters that are being taken apart into templates, which can be set aside between any two values.
///
/// A tree may hold a quarter of a million lists where a text should be, and one of them an expression.
struct TemplateReading: Sendable {
  /// A list or an object that has begun and not ended.
  private struct Begun {
    let value: JSONValue
    let path: JSONPointer
    /// How many expressions came before it.
    let sourcesBefore: Int
    var elements: [ParameterTemplate] = []
    var members: [(key: String, value: ParameterTemplate)] = []
    var next = 0
  }

  let definition: ActionDefinition
  let parameters: JSONObject
  /// Where the parameters stand.
  let place: JSONPointer
  /// Known names that unknown ones were probably meant to be.
  let meant: [String]
  /// How many diagnostics there were before the parameters were looked at.
  let diagnosticsBefore: Int

  private var begun: [Begun] = []
  /// The expressions that were found, in order.
  private(set) var sources: [TemplateSource] = []
  /// The whole, once all steps are taken.
  private(set) var template: ParameterTemplate?
  /// Templates `{{` that are not closed, and have not been told of.
  private(set) var unclosed: [(path: JSONPointer, range: Range<Int>)] = []
  /// What was made and is not needed, since there was no expression in it.
  private(set) var discarded: [ParameterTemplate] = []

  /// Templates of a list or an object without expressions that are given back at once.
  private static let givenBackAtOnce = 16

  /// The reading of parameters that is about to begin.
  init(
    _ parameters: JSONObject, of definition: ActionDefinition, at place: JSONPointer,
    meant: [String], diagnosticsBefore: Int
  ) {
    self.definition = definition
    self.parameters = parameters
    self.place = place
    self.meant = meant
    self.diagnosticsBefore = diagnosticsBefore
    begun = [Begun(value: .object(parameters), path: place, sourcesBefore: 0)]
  }

  /// Takes about so many values apart.
  ///
  /// - Returns: Whether there is more to do.
  mutating func step(values: Int) -> Bool {
    unclosed = []
    for _ in 0..<values {
      guard let top = begun.indices.last else { return false }
      let next = begun[top].next
      let path = begun[top].path
      begun[top].next += 1
      switch begun[top].value {
      case .array(let elements) where next < elements.count:
        take(elements[next], at: path.appending(next))
      case .object(let object) where next < object.count:
        take(object[next].value, at: path.appending(object[next].key))
      default: end(begun.removeLast())
      }
    }
    return !begun.isEmpty
  }

  /// Everything that is made of the values so far, to be given back in steps.
  var made: [ParameterTemplate] {
    discarded + begun.map { $0.members.isEmpty ? .array($0.elements) : .object($0.members) }
  }

  private mutating func take(_ value: JSONValue, at path: @autoclosure () -> JSONPointer) {
    switch value {
    case .null, .bool, .number: deliver(.constant(value))
    case .string(let text) where !TemplateText.isTemplate(text): deliver(.constant(value))
    case .string(let text): deliver(template(text, at: path()))
    case .array, .object:
      begun.append(Begun(value: value, path: path(), sourcesBefore: sources.count))
    }
  }

  private mutating func end(_ ended: Begun) {
    let made: ParameterTemplate
    let count: Int
    if case .object = ended.value {
      made = .object(ended.members)
      count = ended.members.count
    } else {
      made = .array(ended.elements)
      count = ended.elements.count
    }
    guard sources.count == ended.sourcesBefore else { return deliver(made) }
    if count > Self.givenBackAtOnce { discarded.append(made) }
    deliver(.constant(ended.value))
  }

  /// Gives a template to the one that holds it.
  private mutating func deliver(_ template: ParameterTemplate) {
    guard let top = begun.indices.last else {
      self.template = template
      return
    }
    switch begun[top].value {
    case .object(let object):
      begun[top].members.append((object[begun[top].next - 1].key, template))
    default: begun[top].elements.append(template)
    }
  }

  private mutating func template(_ text: String, at path: JSONPointer) -> ParameterTemplate {
    let taken: TemplateText
    do throws(TemplateText.Unclosed) {
      // One more than the tree may have says that they are too many; a megabyte would hold hundreds of thousands.
      taken = try TemplateText(text, most: TreeLimits.expressions)
    } catch {
      unclosed.append((path, error.at..<text.utf8.count))
      return .constant(.string(text))
    }
    var parts: [TemplatePart] = []
    var literalBytes: Int? = taken.literalBytes
    for piece in taken.pieces {
      switch piece {
      case .literal(let literal): parts.append(.literal(literal))
      case .expression(let source, let offset):
        parts.append(.expression)
        sources.append(
          TemplateSource(
            text: source, path: path, offset: offset, keepsType: taken.isOneExpression,
            textBegins: literalBytes))
        literalBytes = nil
      }
    }
    guard parts.contains(.expression) else { return .constant(.string(text)) }
    return taken.isOneExpression ? .value : .text(parts)
  }
}
