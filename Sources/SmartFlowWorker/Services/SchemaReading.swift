internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages

/// The schema of a tree's contexts on its way from JSON to what the checker knows by it.
struct SchemaReading {
  private var json: JSONReading?
  private var value: JSONValue?
  /// The schema, with what there is to say of it; `nil` until it is read.
  private(set) var reading: ContextSchema.Reading?

  init(_ bytes: [UInt8]) { json = JSONReading(bytes, limits: TreeLimits.contextSchema) }

  /// Goes one step further; what the schema says is read in a single one, the last.
  ///
  /// - Returns: Whether there is more to do.
  /// - Throws: What is wrong with the schema.
  mutating func step() throws(RPCStatus) -> Bool {
    guard reading == nil else { return false }
    guard let value else {
      do throws(JSONError) {
        guard try json?.step(events: Limits.eventsPerStep) != true else { return true }
      } catch {
        throw .invalid("context_schema", "\(error)")
      }
      value = json?.value
      return true
    }
    let reading = ContextSchema.read(value)
    guard reading.schema != nil else { throw .invalidSchema(reading.diagnostics) }
    self.reading = reading
    return true
  }

  /// Ends the reading, and gives up what came of it, to be given back in steps.
  mutating func remains() -> TreeRemains? {
    value = nil
    guard var json else { return nil }
    self.json = nil
    return TreeRemains(json.remains())
  }
}
