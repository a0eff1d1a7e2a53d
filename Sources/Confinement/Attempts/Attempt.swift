internal import Glibc

/// One forbidden thing, to be tried from inside a confined worker: how the tests see the layers hold.
///
/// Part of every build, so that what is tested is what is released. It opens no way in: an attempt is named
/// by an argument of `smartflow-worker`, which nobody gives but the keeper, by a hidden flag of its own
/// command line; whoever can write that could as well start any other program. And the attempt is made
/// behind all the layers that are on, with no more rights than the worker has anyway.
public struct Attempt {
  /// How an attempt ended that did not end the process.
  public enum Outcome: Equatable, Sendable {
    /// It was let.
    case succeeded
    /// The system refused, with this `errno`.
    case failed(Int32)
  }

  /// The name of an attempt, and of what: a path, a port, a name.
  let name: String
  let target: String
  private let kind: Kind
  private let prepared: Prepared

  /// One row of the table.
  struct Kind: Sendable {
    let name: String
    /// What it takes that must be made before the layers are on.
    let preparation: Preparation
    let act: @Sendable (Prepared, _ target: String) -> Outcome

    init(
      _ name: String, _ preparation: Preparation = .none,
      _ act: @escaping @Sendable (Prepared, _ target: String) -> Outcome
    ) {
      self.name = name
      self.preparation = preparation
      self.act = act
    }
  }

  /// What was there before the layers were on: an attempt must fail by its own call, and not on the way to it.
  struct Prepared {
    /// The keeper.
    let parent = Int(getppid())
    /// A descriptor or an address, by the row's ``Preparation``.
    let number: Int
  }

  /// What an attempt takes that must be made before the layers are on.
  enum Preparation: Sendable {
    case none
    /// A socket of a family, so that connecting is what is forbidden and not making it.
    case socket(family: Int32)
    /// A program in memory.
    case program
    /// A page of memory that may be written.
    case page
    /// Where the keeper's memory begins.
    case parentAddress
  }

  /// Finds an attempt and prepares it, before the layers are put on.
  ///
  /// Gives `nil` when there is none of that name, or what it takes can't be made.
  ///
  /// - Parameter text: Its name and, behind a colon, of what.
  public init?(preparing text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = Self.kinds.first(where: { $0.name == parts[0] }),
      let number = kind.preparation.make()
    else { return nil }
    self.kind = kind
    prepared = Prepared(number: number)
    name = kind.name
    target = parts.count > 1 ? String(parts[1]) : ""
  }

  /// Tries it, and says in a sentence how it ended, if this process lives to say so.
  public func perform() -> String {
    switch kind.act(prepared, target) {
    case .succeeded: "\(name) succeeded"
    case .failed(let code): "\(name) failed with error \(code)"
    }
  }

  /// Names of all attempts.
  public static var names: [String] { kinds.map(\.name) }

  static let kinds =
    fileAttempts + networkAttempts + processAttempts + memoryAttempts + privilegeAttempts + endings
}
