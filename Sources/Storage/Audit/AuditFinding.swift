/// A place where the audit is not what was written.
public struct AuditFinding: Equatable, Sendable, CustomStringConvertible {
  /// What is wrong there.
  public enum Kind: Equatable, Sendable {
    /// A line was changed: its hash is not the one that its neighbours know, or its sequence not the one that is due.
    case changed
    /// A line is of no form that the audit has.
    case malformed
    /// A record stands where another is due: moved, repeated, or inserted.
    case outOfOrder(expected: UInt64)
    /// A line of a kind that does not belong there: behind a seal, or an opening that is not the first line.
    case misplaced
    /// A segment does not begin with its first line.
    case noOpening
    /// A signature is not of the public key.
    case badSignature
    /// A line is not the one that a checkpoint knows.
    case differsFromCheckpoint
    /// A checkpoint is of another log.
    case foreignCheckpoint
    /// These records are missing, up to the place.
    case missing(ClosedRange<UInt64>)
    /// These segments are missing, before the place.
    case missingSegments(ClosedRange<UInt64>)
    /// The segment's seal is missing.
    case missingSeal
    /// More was found than is told.
    case more

    /// Whether something is missing, rather than changed, moved or inserted.
    public var isAboutCompleteness: Bool {
      switch self {
      case .missing, .missingSegments, .missingSeal: true
      default: false
      }
    }
  }

  /// What is wrong.
  public let kind: Kind
  /// The segment; 0 is the checkpoints' file.
  public let segment: UInt64
  /// The line, from 1; one more than there are for the segment's end.
  public let line: Int
  /// Where the line begins, in bytes of the file.
  public let byte: Int
  /// The record that stands there, or should.
  public let sequence: UInt64

  /// One sentence.
  public var description: String {
    let place =
      (segment == 0 ? "checkpoints" : "segment \(segment)")
      + ", line \(line), byte \(byte), record \(sequence)"
    return switch kind {
    case .changed: "\(place): the line was changed"
    case .malformed: "\(place): this is no line of an audit"
    case .outOfOrder(let expected):
      "\(place): record \(expected) is due here; moved, repeated or inserted"
    case .misplaced: "\(place): the line does not belong here"
    case .noOpening: "\(place): the segment's first line is missing"
    case .badSignature: "\(place): the signature is not of this key"
    case .differsFromCheckpoint: "\(place): the line is not the one that a checkpoint knows"
    case .foreignCheckpoint: "\(place): the checkpoint is of another log"
    case .missing(let range):
      "\(place): records \(range.lowerBound) to \(range.upperBound) are missing"
    case .missingSegments(let range):
      "\(place): segments \(range.lowerBound) to \(range.upperBound) are missing"
    case .missingSeal: "\(place): the segment's seal is missing"
    case .more: "\(place): and more, which are not told"
    }
  }
}
