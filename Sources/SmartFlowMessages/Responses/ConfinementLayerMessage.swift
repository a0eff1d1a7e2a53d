/// One layer of the workers' confinement.
public struct ConfinementLayerMessage: Equatable, Sendable {
  /// What became of a layer.
  public enum State: Int32, Sendable {
    /// Not said, or said in a word of a later version.
    case unspecified = 0
    /// It holds in every worker that serves.
    case holds = 1
    /// The daemon was told to do without.
    case leftOff = 2
    /// Missing, although the daemon insists on it.
    case lacking = 3
  }

  /// What `smartflowd --allow-unconfined` calls it.
  public var name: String
  /// What became of it.
  public var state: State
  /// By what measure it holds, or why it does not.
  public var detail: String

  /// Makes a description.
  public init(name: String, state: State, detail: String = "") {
    self.name = name
    self.state = state
    self.detail = detail
  }

  func append(to output: inout [UInt8]) {
    Wire.text(1, name, to: &output)
    Wire.integer(2, signed: Int64(state.rawValue), to: &output)
    Wire.text(3, detail, to: &output)
  }
}
