internal import NumberText

/// A line of one record: what the keeper says of it, and its body.
struct AuditRecordLine {
  var sequence: UInt64
  /// Nothing for what the keeper itself records.
  var id: AuditRecordID?
  var previous: AuditHash
  /// JSON members without their braces; may be empty.
  var body: ArraySlice<UInt8>

  /// Appends the line without its line break.
  func append(to output: inout [UInt8]) {
    // No text in between: the keeper writes as many as all workers decide.
    output += Part.sequence
    WholeNumber.append(sequence, to: &output)
    output += Part.recordID
    if let id {
      output.append(UInt8(ascii: "\""))
      id.append(to: &output)
      output.append(UInt8(ascii: "\""))
    } else {
      output += Part.null
    }
    output += Part.previous
    output += previous.digits
    output.append(UInt8(ascii: "\""))
    if !body.isEmpty {
      output.append(UInt8(ascii: ","))
      output += body
    }
    output.append(UInt8(ascii: "}"))
  }

  private enum Part {
    static let sequence = Array(#"{"sequence":"#.utf8)
    static let recordID = Array(#","record_id":"#.utf8)
    static let null = Array("null".utf8)
    static let previous = Array(#","previous":""#.utf8)
  }

  init(sequence: UInt64, id: AuditRecordID?, previous: AuditHash, body: ArraySlice<UInt8>) {
    self.sequence = sequence
    self.id = id
    self.previous = previous
    self.body = body
  }

  init?(parsing line: ArraySlice<UInt8>) {
    var scanner = AuditScanner(line)
    guard scanner.take(#"{"sequence":"#), let sequence = scanner.number(),
      scanner.take(#","record_id":"#)
    else { return nil }
    var id: AuditRecordID?
    if !scanner.take("null") {
      guard scanner.take("\""), let scanned = AuditRecordID(scanning: &scanner),
        scanner.take("\"")
      else { return nil }
      id = scanned
    }
    guard scanner.take(#","previous":""#), let previous = scanner.hash(), scanner.take("\""),
      scanner.rest.last == UInt8(ascii: "}")
    else { return nil }
    let body = scanner.rest.dropLast()
    guard body.isEmpty || body.first == UInt8(ascii: ",") && body.count > 1 else { return nil }
    self.init(sequence: sequence, id: id, previous: previous, body: body.dropFirst())
  }
}
