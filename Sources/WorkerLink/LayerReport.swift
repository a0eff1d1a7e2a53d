internal import Glibc

/// A layer and what became of it: what a worker tells the keeper, and the board shows.
public struct LayerReport: Equatable, Sendable {
  /// The layer.
  public let layer: ConfinementLayer
  /// What became of it.
  public let state: LayerState

  /// Makes a report.
  public init(_ layer: ConfinementLayer, _ state: LayerState) {
    self.layer = layer
    self.state = state
  }

  /// The report as one word: layer, kind of state and step a byte each, a number in the upper half.
  public var word: UInt64 {
    let (kind, step, number): (UInt64, UInt8, UInt32) =
      switch state {
      case .holds(let number): (1, 0, number)
      case .lacking(.leftOff): (2, 0, 0)
      case .lacking(.refused(let step, let code)): (3, step.rawValue, UInt32(bitPattern: code))
      case .lacking(.isRoot): (4, 0, 0)
      case .lacking(.exceptsRoot): (5, 0, 0)
      case .lacking(.keeperGone): (6, 0, 0)
      }
    return UInt64(layer.rawValue) | kind << 8 | UInt64(step) << 16 | UInt64(number) << 32
  }

  /// Reads a word, or gives `nil` when it is none that ``word`` makes.
  public init?(word: UInt64) {
    guard let layer = ConfinementLayer(rawValue: UInt8(truncatingIfNeeded: word)) else {
      return nil
    }
    let number = UInt32(truncatingIfNeeded: word >> 32)
    let step = ConfinementStep(rawValue: UInt8(truncatingIfNeeded: word >> 16))
    let state: LayerState
    switch UInt8(truncatingIfNeeded: word >> 8) {
    case 1: state = .holds(number)
    case 2: state = .lacking(.leftOff)
    case 3:
      guard let step else { return nil }
      state = .lacking(.refused(step, code: Int32(bitPattern: number)))
    case 4: state = .lacking(.isRoot)
    case 5: state = .lacking(.exceptsRoot)
    case 6: state = .lacking(.keeperGone)
    default: return nil
    }
    self.init(layer, state)
    guard self.word == word else { return nil }
  }

  /// Why the layer is lacking, or by what measure it holds: half a sentence.
  public var detail: String {
    switch state {
    case .holds(let number): measure(number)
    case .lacking(.leftOff): "left off by --allow-unconfined"
    case .lacking(.refused(let step, let code)):
      // Safe: `strerror` gives a text that stays valid until the thread's next call of it.
      unsafe "\(step.call): \(String(cString: strerror(code)))"
    case .lacking(.isRoot): "the worker is root"
    case .lacking(.exceptsRoot): "the kernel excepts root, which the worker is"
    case .lacking(.keeperGone): "the keeper had ended before"
    }
  }

  private func measure(_ number: UInt32) -> String {
    switch layer {
    case .unprivilegedUser: "user \(number), no capabilities"
    case .noNewPrivileges: "no program it starts gives it more rights"
    case .parentDeath: "it ends with the keeper"
    case .notDumpable: "nobody but root sees its memory"
    case .coreLimit: "a crash writes no file"
    case .processLimit: "no process or thread of its own"
    case .descriptorLimit: "\(number) descriptors"
    case .addressSpaceLimit: "\(number) MiB"
    case .landlock: "ABI \(number): \(Self.landlockScope(number))"
    case .seccomp: "\(number) system calls, any other ends it"
    }
  }

  private static func landlockScope(_ version: UInt32) -> String {
    switch version {
    case ..<4: "no file"
    case ..<6: "no file, no TCP"
    default: "no file, no TCP, no abstract socket, no signal to others"
    }
  }
}
