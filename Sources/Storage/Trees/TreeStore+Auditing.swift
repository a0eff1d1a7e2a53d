internal import Catalog

/// Why a version is not in a store.
public enum MissingVersion: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing was published under the name.
  case noSuchTree
  /// The tree has no version of the number.
  case noSuchVersion
  /// The store can't be read.
  case unreadable(String)

  /// A few words.
  public var description: String {
    switch self {
    case .noSuchTree: "the store has no tree of that name"
    case .noSuchVersion: "the store has no such version of it"
    case .unreadable(let reason): "the store can't be read: \(reason)"
    }
  }
}

extension TreeStore {
  /// The canonical JSON of a version, whether it may still be run or not.
  ///
  /// Whether it is what its digest says is for whoever knows that from elsewhere.
  ///
  /// - Parameters:
  ///   - treeID: The tree's name.
  ///   - version: The number, from 1.
  /// - Returns: The JSON.
  /// - Throws: ``MissingVersion``.
  public func json(of treeID: String, _ version: UInt64) throws(MissingVersion) -> [UInt8] {
    guard let name = TreeID(treeID) else { throw .noSuchTree }
    guard version > 0 else { throw .noSuchVersion }
    do throws(StoreRefusal) {
      return try self.version(name, version).json
    } catch {
      switch error {
      case .noSuchTree: throw .noSuchTree
      case .noSuchVersion: throw .noSuchVersion
      default: throw .unreadable("\(error)")
      }
    }
  }
}
