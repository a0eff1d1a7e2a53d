import Glibc
import Testing
import UnixSocket

@Suite struct `A descriptor` {
  private func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

  /// A path to which the file leads that a number stands for; numbers themselves are used again at once.
  private func inode(_ number: Int32) -> ino_t? {
    var status = stat()
    return fstat(number, &status) == 0 ? status.st_ino : nil
  }

  @Test func `is closed when its owner ends`() throws {
    var pair = try Descriptor.pair()
    let other = try Descriptor.pair().first.duplicate()
    pair.first = try other.duplicate()
    // The end that nobody owns any more is closed: its peer reads the end.
    var buffer: [UInt8] = [0]
    let outcome = pair.second.read(into: &buffer)
    #expect(outcome == .closed)
  }

  @Test func `stays open when it is released`() throws {
    let pair = try Descriptor.pair()
    let number = try pair.first.duplicate().release()
    #expect(isOpen(number))
    #expect(inode(number) == inode(pair.first.rawValue))
    #expect(close(number) == 0)
  }

  @Test func `is not inherited unless it is said`() throws {
    let pair = try Descriptor.pair()
    #expect(fcntl(pair.first.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    try pair.first.setInherited(true)
    #expect(fcntl(pair.first.rawValue, F_GETFD) & FD_CLOEXEC == 0)
    let copy = try pair.first.duplicate()
    #expect(fcntl(copy.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    try pair.first.setInherited(false)
    #expect(fcntl(pair.first.rawValue, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func `can be copied to a number above others`() throws {
    let pair = try Descriptor.pair()
    let copy = try pair.first.duplicate(atLeast: 200)
    #expect(copy.rawValue >= 200)
    #expect(inode(copy.rawValue) == inode(pair.first.rawValue))
  }

  @Test func `of a number that is not open can't be copied`() {
    #expect(throws: SystemError(call: "fcntl", code: EBADF)) {
      _ = try Descriptor.duplicate(Int32.max)
    }
  }

  @Test func `that does not block says that there is nothing, and then that the other end is gone`()
    throws
  {
    var pair = try Descriptor.pair()
    try pair.first.setNonBlocking()
    var buffer = [UInt8](repeating: 0, count: 4)
    let before = pair.first.read(into: &buffer)
    #expect(before == .wouldBlock)
    let sent = pair.second.send([7, 8, 9], from: 1)
    #expect(sent == .bytes(2))
    pair.second = try Descriptor.pair().first.duplicate()
    let bytes = pair.first.read(into: &buffer)
    #expect(bytes == .bytes(2))
    #expect(buffer == [8, 9, 0, 0])
    let end = pair.first.read(into: &buffer)
    #expect(end == .closed)
    let late = pair.first.send([1])
    #expect(late == .closed, "and no SIGPIPE, which would have ended this process")
  }

  @Test func `takes what there is room for, and says when there is none`() throws {
    let pair = try Descriptor.pair()
    let bytes = [UInt8](repeating: 0x5A, count: 1 << 20)
    var sent = 0
    while case .bytes(let count) = pair.first.send(bytes, from: sent) {
      sent += count
      try #require(sent < bytes.count, "a socket that takes everything")
    }
    let full = pair.first.send(bytes, from: sent)
    #expect(full == .wouldBlock)
    var buffer = [UInt8](repeating: 0, count: bytes.count)
    try pair.second.setNonBlocking()
    var received = 0
    while case .bytes(let count) = pair.second.read(into: &buffer, from: received) {
      received += count
    }
    #expect(received == sent)
    #expect(buffer[..<received] == bytes[..<sent])
  }

  @Test func `of packets keeps them apart`() throws {
    let pair = try Descriptor.pair(packets: true)
    for packet: [UInt8] in [[1, 2, 3], [4], [5, 6]] {
      let sent = pair.first.sendPacket(packet.span.bytes)
      #expect(sent == .bytes(packet.count))
    }
    var buffer = [UInt8](repeating: 0, count: 2)
    let cut = pair.second.read(into: &buffer)
    #expect(cut == .bytes(2), "what does not fit is lost with its own packet")
    let next = pair.second.read(into: &buffer)
    #expect(next == .bytes(1))
    #expect(buffer[0] == 4)
    let last = pair.second.read(into: &buffer)
    #expect(last == .bytes(2))
  }

  @Test func `that is shut down ends both ways for whoever holds it`() throws {
    let pair = try Descriptor.pair()
    let copy = try pair.first.duplicate()
    copy.shutDown()
    var buffer: [UInt8] = [0]
    let here = pair.first.read(into: &buffer)
    #expect(here == .closed)
    let there = pair.second.read(into: &buffer)
    #expect(there == .closed)
    let send = pair.second.send([1])
    #expect(send == .closed)
  }

  @Test func `tells a failure by its number`() throws {
    let pair = try Descriptor.pair()
    let folder = Descriptor(owning: open("/", O_RDONLY | O_CLOEXEC))
    var buffer: [UInt8] = [0]
    let reading = folder.read(into: &buffer)
    #expect(reading == .failed(EISDIR))
    let sending = folder.send([1])
    #expect(sending == .failed(ENOTSOCK))
    let file = try pair.first.socketFile()
    #expect(file.path == "")
  }

  @Test func `is read on when a signal comes between`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      let pair = try Descriptor.pair()
      // A handler that is not restarted: read(2) returns EINTR each time.
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      guard sigaction(SIGALRM, &action, nil) == 0 else { exit(1) }
      let writer = try pair.second.duplicate().release()
      let main = pthread_self()
      try SystemThread.start {
        for _ in 0..<50 {
          pthread_kill(main, SIGALRM)
          poll(nil, 0, 1)
        }
        _ = Descriptor(owning: writer).send([7])
      }
      var buffer: [UInt8] = [0]
      guard pair.first.read(into: &buffer) == .bytes(1), buffer == [7] else { exit(2) }
      exit(42)
    }
  }
}

@Suite struct `Standard descriptors` {
  @Test func `that are missing lead to nowhere, before anything else gets their numbers`() async {
    await #expect(processExitsWith: .exitCode(42)) {
      for number: Int32 in 0...2 { close(number) }
      try StandardDescriptors.open()
      var null = stat()
      guard stat("/dev/null", &null) == 0 else { exit(1) }
      for number: Int32 in 0...2 {
        var status = stat()
        guard fstat(number, &status) == 0, status.st_rdev == null.st_rdev else { exit(2) }
        guard fcntl(number, F_GETFD) & FD_CLOEXEC == 0 else { exit(3) }
      }
      let pair = try Descriptor.pair()
      exit(pair.first.rawValue > 2 ? 42 : 4)
    }
  }
}
