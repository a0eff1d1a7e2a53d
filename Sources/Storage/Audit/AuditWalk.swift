internal import Journal

/// Goes along the chain, line by line, and says where it breaks.
///
/// A line's hash is known to the next one only. Where the two do not fit, one of them was changed: the later one, unless
/// the line behind that knows its hash.
struct AuditWalk {
  let key: AuditPublicKey
  let checkpoints: AuditCheckpoints
  var verdict = AuditVerdict()

  /// Which log it is; nothing before the first opening.
  private(set) var log: JournalID?
  /// The hash that the next line should know; `nil` where the line before is not there.
  private(set) var chain: AuditHash?
  private(set) var expected: UInt64 = 1
  private(set) var tombstone: AuditTombstone?
  private(set) var firstOpening: AuditOpening?
  private(set) var seals: Set<UInt64> = []

  private var number: UInt64 = 0
  private var bytes: [UInt8] = []
  private var lines: [AuditLine] = []
  /// Where the last line stands that the chain goes through.
  private var last = 0
  /// Whether that line has been named already.
  private var isBlamed = false
  /// Lines of no form since then, each of which may have been a record.
  private var unreadable: UInt64 = 0
  private var isSealed = false

  init(key: AuditPublicKey, checkpoints: AuditCheckpoints) {
    self.key = key
    self.checkpoints = checkpoints
  }

  /// Takes the next segment, whose number is `number`.
  mutating func walk(segment number: UInt64, _ bytes: [UInt8], isLast: Bool) {
    let (ranges, end) = AuditFolder.lines(of: bytes)
    begin(number, bytes, ranges.map { AuditLine(bytes, $0) })
    for index in lines.indices { step(index) }
    if end < bytes.count { checkTail(bytes[end...], isLast: isLast) }
    if !isSealed && !isLast {
      report(.missingSeal, at: lines.count)
      chain = nil
    }
    verdict.segments += 1
    verdict.lastSequence = expected - 1
  }

  private mutating func begin(_ number: UInt64, _ bytes: [UInt8], _ lines: [AuditLine]) {
    if self.number == 0 {
      chain = number == 1 ? AuditHash.none : nil
    } else if number > self.number + 1 {
      chain = nil
    }
    let before = self.number
    self.number = number
    self.bytes = bytes
    self.lines = lines
    isSealed = false
    unreadable = 0
    isBlamed = false
    if before > 0 && number > before + 1 {
      report(.missingSegments(before + 1...number - 1), at: 0)
    }
  }

  private mutating func step(_ index: Int) {
    let line = lines[index]
    guard !isSealed else { return report(.misplaced, at: index) }
    if case .opening = line.form {
    } else if index == 0 {
      report(.noOpening, at: 0)
      isBlamed = true
    }
    switch line.form {
    case .opening(let opening):
      if index == 0 { open(opening) } else { report(.misplaced, at: index) }
    case .record(let record): take(record, index)
    case .seal(let seal): take(seal, index)
    case .malformed:
      if index > 0 { report(.malformed, at: index) }
      unreadable += 1
      isBlamed = true
      chain = line.hash
      last = index
    }
  }

  private mutating func open(_ opening: AuditOpening) {
    let isFirst = firstOpening == nil
    if isFirst {
      firstOpening = opening
      if number > 1 { expected = opening.firstSequence }
      verdict.firstSequence = number > 1 ? opening.firstSequence : 1
      log = opening.log
    }
    if chain == nil && opening.firstSequence > expected {
      miss(expected...opening.firstSequence - 1, at: 0)
      expected = opening.firstSequence
    }
    let follows = chain == nil || chain == opening.previous
    let isRight =
      follows && opening.segment == number && opening.log == log
      && opening.firstSequence == expected
    if !isRight { report(.changed, at: 0) }
    isBlamed = !isRight
    chain = lines[0].hash
    last = 0
  }

  private mutating func take(_ record: AuditRecordLine, _ index: Int) {
    let hash = lines[index].hash
    let follows = chain == record.previous
    verdict.records += 1
    if record.sequence < expected && !follows {
      report(.outOfOrder(expected: expected), at: index, record.sequence)
      unmiss(record.sequence)
      return
    }
    if record.sequence == expected {
      if !follows && !isBlamed && chain != nil {
        blame(index)
      } else {
        isBlamed = false
      }
    } else if follows && unreadable == 0 {
      report(.changed, at: index)
      isBlamed = true
    } else {
      gap(before: record.sequence, at: index)
      isBlamed = false
    }
    let isNumberTrusted = record.sequence >= expected && !(follows && isBlamed)
    expected = (isNumberTrusted ? record.sequence : expected) + 1
    unreadable = 0
    chain = hash
    last = index
    check(record, hash, at: index)
  }

  /// The chain breaks between the last line and this one, whose number is right.
  private mutating func blame(_ index: Int) {
    let next = index + 1 < lines.count ? lines[index + 1] : nil
    let isConfirmed = next?.previous == lines[index].hash
    report(.changed, at: isConfirmed ? last : index, isConfirmed ? expected - 1 : expected)
    isBlamed = !isConfirmed
  }

  /// Records are not there, or not readable, before one that is.
  private mutating func gap(before sequence: UInt64, at index: Int) {
    // Two lines become one where the break between them is changed; that is no text of JSON any more.
    if !isBlamed, unreadable == 0, index > 0,
      AuditLine.wholeness(of: bytes[lines[last].range]) != .whole
    {
      report(.malformed, at: last, expected - 1)
    }
    let first = expected + unreadable
    if first < sequence { miss(first...sequence - 1, at: index) }
  }

  private mutating func check(_ record: AuditRecordLine, _ hash: AuditHash, at index: Int) {
    if let known = checkpoints.records[record.sequence], known != hash {
      report(.differsFromCheckpoint, at: index, record.sequence)
    }
    guard record.id == nil, let found = AuditTombstone(body: record.body, signedBy: key),
      found.log == log, found.firstSegment <= number
    else { return }
    tombstone = found
  }

  private mutating func take(_ seal: AuditSeal, _ index: Int) {
    let line = lines[index]
    isSealed = true
    seals.insert(number)
    if let known = checkpoints.seals[number], known != line.hash {
      report(.differsFromCheckpoint, at: index)
    }
    guard SignedText.isSigned(bytes[line.range], .seal, by: key), seal.segment == number,
      seal.log == log
    else {
      report(.badSignature, at: index)
      chain = line.hash
      isBlamed = false
      return
    }
    let first = expected + unreadable
    if seal.lastSequence >= first {
      gap(before: seal.lastSequence + 1, at: index)
    } else if chain != seal.previous && !isBlamed {
      report(.changed, at: last, expected - 1)
    } else if seal.lastSequence + 1 < expected {
      report(.outOfOrder(expected: seal.lastSequence), at: last, expected - 1)
    }
    expected = seal.lastSequence + 1
    verdict.sealedSequence = seal.lastSequence
    chain = line.hash
    isBlamed = false
    unreadable = 0
  }

  /// Looks at what stands behind the last line break.
  private mutating func checkTail(_ tail: ArraySlice<UInt8>, isLast: Bool) {
    if isLast && !isSealed && AuditLine.wholeness(of: tail) == .beginning {
      verdict.unfinishedBytes = tail.count
    } else {
      report(isSealed ? .misplaced : .malformed, at: lines.count)
    }
  }

  private mutating func miss(_ range: ClosedRange<UInt64>, at index: Int) {
    report(.missing(range), at: index, range.lowerBound)
  }

  /// A record that seemed to be missing stands elsewhere.
  private mutating func unmiss(_ sequence: UInt64) {
    guard
      let place = verdict.missing.lastIndex(where: { $0.kind == .missing(sequence...sequence) })
    else { return }
    verdict.missing.remove(at: place)
  }

  private mutating func report(_ kind: AuditFinding.Kind, at index: Int, _ sequence: UInt64? = nil)
  {
    let byte =
      index < lines.count
      ? lines[index].range.lowerBound : (lines.last.map { $0.range.upperBound + 1 } ?? 0)
    verdict.report(
      AuditFinding(
        kind: kind, segment: number, line: index + 1, byte: byte, sequence: sequence ?? expected))
  }

  /// Says what is missing at the end, as checkpoints and tombstones know it.
  mutating func finish() {
    isBlamed = false
    if let firstOpening, firstOpening.segment > 1 { checkBeginning(firstOpening) }
    for segment in checkpoints.seals.keys.sorted()
    where !seals.contains(segment) && segment >= firstOpening?.segment ?? 1 && segment == number {
      report(.missingSeal, at: lines.count)
    }
    if let highest = checkpoints.highest {
      if highest >= expected { miss(expected...highest, at: lines.count) }
      verdict.completeness = .holds(upTo: highest)
    }
    if !verdict.missing.isEmpty { verdict.completeness = .broken }
  }

  private mutating func checkBeginning(_ opening: AuditOpening) {
    let first = tombstone?.firstSegment ?? 1
    let isNext =
      first != opening.segment
      || tombstone?.hash == opening.previous && tombstone?.lastSequence == opening.firstSequence - 1
    guard first < opening.segment || !isNext else { return }
    verdict.report(
      AuditFinding(
        kind: first < opening.segment ? .missingSegments(first...opening.segment - 1) : .changed,
        segment: opening.segment, line: 1, byte: 0, sequence: opening.firstSequence))
  }
}
