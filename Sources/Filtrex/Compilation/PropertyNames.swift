/// Names of properties by their slots, of which most programs have one or two.
struct PropertyNames: Sendable {
  /// In the order of the slots.
  private var names: [(slot: Int, name: String)] = []

  /// The name of a slot, which stays the one that was set first.
  subscript(slot: Int) -> String? {
    get {
      let place = place(of: slot)
      return place < names.count && names[place].slot == slot ? names[place].name : nil
    }
    set {
      let place = place(of: slot)
      guard let newValue, place == names.count || names[place].slot != slot else { return }
      if place == names.count { return names.append((slot, newValue)) }
      names.insert((slot, newValue), at: place)
    }
  }

  /// How many slots come before.
  private func place(of slot: Int) -> Int {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle].slot < slot { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
