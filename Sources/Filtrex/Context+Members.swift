/// The members of objects, in the order of their names.
extension Context {
  struct Member {
    /// The first eight bytes of its name, as a number that is ordered as they are.
    var beginning: UInt64
    var name: Cell
    var value: Cell
    var position: Int
  }

  /// Sorts as many of the last members of an open object as make a run, so that its end is no lump of work.
  ///
  /// What is sorted is one run of 64 members, or four runs of a quarter each, and so on: that takes about as many
  /// comparisons as it has members, and is put off for no object of fewer.
  mutating func sortRun(of frame: Frame) {
    let count = (pending.count - frame.firstPending) / 2
    guard count > 0, count.isMultiple(of: Limits.contextMembersPerRun) else { return }
    var run = Limits.contextMembersPerRun
    while count.isMultiple(of: 4 * run) { run *= 4 }
    let first = pending.count - 2 * run
    sortMembers(from: first)
    for (index, member) in members.enumerated() {
      pending[first + 2 * index] = member.name
      pending[first + 2 * index + 1] = member.value
    }
  }

  /// Takes the last members of an object into ``members``, by name; of two with one name the earlier comes first.
  private mutating func sortMembers(from first: Int) {
    members.removeAll(keepingCapacity: true)
    let stored = store.bytes
    let bytes = stored.span
    for index in stride(from: first, to: pending.count, by: 2) {
      members.append(
        Member(
          beginning: ByteOrder.beginning(of: pending[index], in: bytes), name: pending[index],
          value: pending[index + 1], position: index))
    }
    members.sort { left, right in
      if left.beginning != right.beginning { return left.beginning < right.beginning }
      let order = ByteOrder.compare(left.name.text(in: bytes), right.name.text(in: bytes))
      return order == 0 ? left.position < right.position : order < 0
    }
  }

  /// Sorts the members by name, so that they are found fast and objects are compared in one pass.
  ///
  /// Of two with one name the later stays, as in a protobuf map; JSON refuses duplicates before.
  mutating func storeMembers(from first: Int) {
    if pending.count - first <= 2 * Self.fewMembers { return storeFewMembers(from: first) }
    sortMembers(from: first)
    let stored = store.bytes
    let bytes = stored.span
    for (index, member) in members.enumerated() {
      if index + 1 < members.count {
        let next = members[index + 1]
        let isRepeated =
          member.beginning == next.beginning
          && ByteOrder.equal(member.name.text(in: bytes), next.name.text(in: bytes))
        if isRepeated { continue }
      }
      store.cells.append(member.name)
      store.cells.append(member.value)
    }
  }

  /// Members that are sorted by putting each in its place among those before it.
  private static let fewMembers = 24

  /// The same for the few members that most objects have, which are sorted by their places alone.
  private mutating func storeFewMembers(from first: Int) {
    let stored = store.bytes
    let bytes = stored.span
    // By name: the beginnings, and where the names stand.
    var beginnings = [24 of UInt64](repeating: 0)
    var places = [24 of Int32](repeating: 0)
    var count = 0
    for place in stride(from: first, to: pending.count, by: 2) {
      let name = pending[place]
      let beginning = ByteOrder.beginning(of: name, in: bytes)
      var index = count
      var isRepeated = false
      while index > 0, beginning <= beginnings[index - 1] {
        if beginning == beginnings[index - 1] {
          let order = ByteOrder.compare(
            name.text(in: bytes), pending[Int(places[index - 1])].text(in: bytes))
          isRepeated = order == 0
          if order >= 0 { break }
        }
        index -= 1
      }
      if isRepeated {
        places[index - 1] = Int32(place)
        continue
      }
      for moved in stride(from: count, to: index, by: -1) {
        beginnings[moved] = beginnings[moved - 1]
        places[moved] = places[moved - 1]
      }
      beginnings[index] = beginning
      places[index] = Int32(place)
      count += 1
    }
    store.cells.reserveTwofold(store.cells.count + 2 * count)
    for index in 0..<count {
      store.cells.append(pending[Int(places[index])])
      store.cells.append(pending[Int(places[index]) + 1])
    }
  }
}
