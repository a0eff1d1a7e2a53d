/// The answer to ``ValidateTreeRequestMessage``.
public struct ValidateTreeResponseMessage: ResponseMessage {
  /// No diagnostic of severity error.
  public var isValid: Bool
  /// What is wrong or odd, in the tree's order.
  public var diagnostics: [DiagnosticMessage]
  /// The tree's canonical JSON.
  public var canonicalJSON: [UInt8]
  /// SHA-256 of it.
  public var treeDigest: [UInt8]
  /// Every property the tree reads.
  public var contextProperties: [String]
  /// No execution of this tree can use more fuel.
  public var fuelBound: UInt64

  /// Makes an answer; what is not named is absent.
  public init(
    isValid: Bool, diagnostics: [DiagnosticMessage] = [], canonicalJSON: [UInt8] = [],
    treeDigest: [UInt8] = [], contextProperties: [String] = [], fuelBound: UInt64 = 0
  ) {
    self.isValid = isValid
    self.diagnostics = diagnostics
    self.canonicalJSON = canonicalJSON
    self.treeDigest = treeDigest
    self.contextProperties = contextProperties
    self.fuelBound = fuelBound
  }

  /// Appends the message's bytes.
  public func append(to output: inout [UInt8]) {
    Wire.logical(1, isValid, to: &output)
    for diagnostic in diagnostics {
      Wire.message(2, reserving: 2, to: &output) { diagnostic.append(to: &$0) }
    }
    Wire.bytes(3, canonicalJSON, to: &output)
    Wire.bytes(4, treeDigest, to: &output)
    for property in contextProperties { Wire.presentText(5, property, to: &output) }
    Wire.integer(6, fuelBound, to: &output)
  }
}
