import Glibc
import TestSupport
import Testing
import UnixSocket
import WorkerLink

@Suite struct `A layer report` {
  private static let states: [LayerState] =
    [
      .holds(), .holds(7), .holds(.max), .lacking(.leftOff), .lacking(.isRoot),
      .lacking(.exceptsRoot), .lacking(.keeperGone),
    ]
    + ConfinementStep.allCases.flatMap { step in
      [1, 38, 95, -1, .max].map { .lacking(.refused(step, code: $0)) }
    }

  @Test(arguments: ConfinementLayer.allCases)
  func `is the same when its word is read`(layer: ConfinementLayer) {
    for state in Self.states {
      let report = LayerReport(layer, state)
      #expect(LayerReport(word: report.word) == report)
    }
  }

  @Test func `is the only one of its word`() {
    let reports = ConfinementLayer.allCases.flatMap { layer in
      Self.states.map { LayerReport(layer, $0).word }
    }
    #expect(Set(reports).count == reports.count)
  }

  @Test func `is never read from a word that none makes`() {
    var generator = SeededGenerator(seed: 11)
    var read = 0
    for _ in 0..<200_000 {
      // Small numbers in the bytes that tell, so that some words are reports.
      let word = generator.next() & 0xFFFF_FFFF_0011_070F
      guard let report = LayerReport(word: word) else { continue }
      read += 1
      #expect(report.word == word)
    }
    #expect(read > 100)
    for word: UInt64 in [0, 1, 11 | 1 << 8, 1 | 7 << 8, 1 | 3 << 8, 1 | 1 << 8 | 1 << 16, .max] {
      #expect(LayerReport(word: word) == nil)
    }
  }

  @Test func `says in half a sentence what there is to say`() {
    #expect(
      LayerReport(.landlock, .lacking(.refused(.makeRuleset, code: ENOSYS))).detail
        == "landlock_create_ruleset: Function not implemented")
    #expect(LayerReport(.addressSpaceLimit, .holds(1024)).detail == "1024 MiB")
    #expect(LayerReport(.landlock, .holds(3)).detail == "ABI 3: no file")
    #expect(LayerReport(.landlock, .holds(5)).detail == "ABI 5: no file, no TCP")
    for state in Self.states {
      for layer in ConfinementLayer.allCases {
        #expect(!LayerReport(layer, state).detail.isEmpty)
      }
    }
  }
}

@Suite struct `A layer's name` {
  @Test func `leads back to the layer, and nothing else does`() {
    for layer in ConfinementLayer.allCases { #expect(ConfinementLayer(name: layer.name) == layer) }
    #expect(Set(ConfinementLayer.allCases.map(\.name)).count == ConfinementLayer.allCases.count)
    for name in ["", "Landlock", "all", "landlock "] {
      #expect(ConfinementLayer(name: name) == nil)
    }
  }

  @Test func `stands in the order of the layers, and a set is its bits`() {
    let layers: Set<ConfinementLayer> = [.seccomp, .unprivilegedUser, .landlock]
    #expect(layers.names == "unprivileged-user, landlock, seccomp")
    #expect(layers.bits == 1 << 10 | 1 << 1 | 1 << 9)
    #expect(Set(bits: layers.bits) == layers)
    #expect(Set(bits: 0).isEmpty)
    #expect(Set(bits: -1) == Set(ConfinementLayer.allCases))
  }
}

@Suite struct `The board's confinement` {
  @Test func `is each worker's own, and nothing until it is told`() throws {
    let board = try StatusBoard(
      keeperProcessID: 1, startMicroseconds: 2, startNanoseconds: 7,
      workerCount: StatusBoard.workers)
    let seen = try StatusBoard(mapping: try Descriptor.duplicate(board.rawDescriptor))
    let last = StatusBoard.workers - 1
    for layer in ConfinementLayer.allCases { #expect(seen[last, layer] == nil) }
    for layer in ConfinementLayer.allCases {
      board[last, layer] = .holds(UInt32(layer.rawValue))
      board[0, layer] = .lacking(.leftOff)
    }
    for layer in ConfinementLayer.allCases {
      #expect(seen[last, layer] == .holds(UInt32(layer.rawValue)))
      #expect(seen[0, layer] == .lacking(.leftOff))
      #expect(seen[1, layer] == nil)
    }
    // What is beside it has stayed as it was.
    #expect(seen[last] == StatusBoard.Worker())
    board[0, .seccomp] = nil
    #expect(seen[0, .seccomp] == nil)
  }
}
