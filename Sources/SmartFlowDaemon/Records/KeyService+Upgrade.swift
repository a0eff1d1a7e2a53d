internal import WorkerLink

/// What one release knows of keys, and the next goes on with: nobody who has a key or waits for one notices.
extension KeyService {
  /// What only this process knows.
  var inHand: KeysInHand {
    // Of two processes of one place the later one is there to stay.
    var places: [Int: WorkerChannel] = [:]
    for channel in channels.values
    where places[channel.workerIndex].map({ $0.generation < channel.generation }) ?? true {
      places[channel.workerIndex] = channel
    }
    func index(of generation: UInt64) -> Int? {
      places.values.first { $0.generation == generation }?.workerIndex
    }
    var entries = unstored.values.map { KeysInHand.Entry(workerIndex: 0, message: $0) }
    for (key, claim) in claims {
      func note(_ kind: KeyMessage.Kind, _ index: Int, _ request: UInt64) {
        entries.append(
          KeysInHand.Entry(
            workerIndex: index,
            message: KeyMessage(kind, request: request, key: key, asked: claim.asked)))
      }
      // Whose process is gone has nobody who would tell: its journal says what it had recorded, and the next release reads
      // journals first.
      if let index = index(of: claim.generation), !claim.isOrphaned { note(.granted, index, 0) }
      for waiter in claim.waiters {
        guard let channel = channels[waiter.channel], let index = index(of: channel.generation)
        else { continue }
        note(.claim, index, waiter.request)
      }
    }
    return KeysInHand(entries)
  }

  /// Goes on with what the release before knew; its workers are enrolled.
  func takeUp(_ inherited: KeysInHand) {
    var tokens: [Int: UInt64] = [:]
    // Whoever is to take an adopted one's place may be here already.
    for (token, channel) in channels where channel.isAdopted {
      tokens[channel.workerIndex] = token
    }
    for entry in inherited.entries {
      let message = entry.message
      switch message.kind {
      case .recorded: unstored[message.key] = message
      case .granted:
        // Without its worker a key stays taken: nobody would tell what became of it.
        let generation = tokens[entry.workerIndex].flatMap { channels[$0]?.generation } ?? 0
        claims[message.key] = KeyClaim(asked: message.asked, generation: generation)
      default: continue
      }
    }
    for entry in inherited.entries where entry.message.kind == .claim {
      guard let token = tokens[entry.workerIndex], let channel = channels[token] else { continue }
      claim(entry.message, of: channel, token)
    }
  }
}
