internal import DecisionEngine
internal import JSON
internal import SmartFlowMessages

/// The schema of a tree's contexts on its way from JSON to what the checker knows by it.
struct SchemaReading {
  private var json: JSONReading?
  private var reader: ContextSchemaReader?

  init(_ bytes: [UInt8]) { json = JSONReading(bytes, limits: TreeLimits.contextSchema) }

  /// The schema, with what there is to say of it; `nil` until it is read.
  var reading: ContextSchema.Reading? { reader?.reading }

  /// Goes one step further.
  ///
  /// - Returns: Whether there is more to do.
  /// - Throws: What is wrong with the schema.
  mutating func step() throws(RPCStatus) -> Bool {
    guard reader == nil else {
      guard reading == nil else { return false }
      reader?.step()
      if let reading, reading.schema == nil { throw .invalidSchema(reading.diagnostics) }
      return true
    }
    do throws(JSONError) {
      guard try json?.step(events: Limits.eventsPerStep) != true else { return true }
    } catch {
      throw .invalid("context_schema", "\(error)")
    }
    reader = json?.value.map { ContextSchemaReader($0) }
    return true
  }

  /// Ends the reading, and gives up what came of it, to be given back in steps.
  mutating func remains() -> TreeRemains? {
    guard var json else { return nil }
    self.json = nil
    var remains = TreeRemains(json.remains())
    if var reader {
      self.reader = nil
      remains.add(reader.remains())
    }
    return remains
  }
}
