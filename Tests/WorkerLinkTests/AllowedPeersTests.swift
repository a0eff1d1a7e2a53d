import Testing
import WorkerLink

@Suite struct `The peers that may call` {
  private func allows(
    users: [UInt32] = [], groups: [UInt32] = [], user: UInt32, group: UInt32, others: [UInt32] = []
  ) -> Bool {
    var peers = AllowedPeers()
    peers.users = users
    peers.groups = groups
    return peers.contain(user: user, group: group, otherGroups: { others })
  }

  @Test func `are all where there is no list`() {
    #expect(AllowedPeers().isEveryone)
    #expect(allows(user: 1, group: 2))
  }

  @Test func `are those of one of the lists, and nobody else, root neither`() {
    #expect(allows(users: [1, 5], user: 5, group: 2))
    #expect(!allows(users: [1, 5], user: 2, group: 5))
    #expect(!allows(users: [1, 5], user: 0, group: 0))
    #expect(allows(groups: [7], user: 5, group: 7))
    #expect(allows(users: [1], groups: [7], user: 5, group: 7))
    #expect(allows(users: [5], groups: [7], user: 5, group: 8))
    #expect(!allows(users: [1], groups: [7], user: 5, group: 8))
  }

  @Test func `are those of a group also when it is one of several`() {
    #expect(allows(groups: [7], user: 5, group: 8, others: [1, 7]))
    #expect(!allows(groups: [7], user: 5, group: 8, others: [1, 2]))
    // Groups decide only where groups are listed.
    #expect(!allows(users: [7], user: 5, group: 8, others: [7]))
  }
}
