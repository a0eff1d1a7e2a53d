import Glibc
import Testing
import UnixSocket

@Suite struct `Passing a descriptor` {
  private func inode(_ number: Int32) -> ino_t? {
    var status = stat()
    return fstat(number, &status) == 0 ? status.st_ino : nil
  }

  @Test func `gives the other side one of its own, not inherited`() throws {
    let channel = try Descriptor.pair(packets: true)
    let original = try Descriptor.pair()
    let sent = channel.first.send([1, 2, 3], passing: original.first)
    #expect(sent == .bytes(3))
    var buffer = [UInt8](repeating: 0, count: 16)
    var received: Descriptor?
    var byteCount = 0
    switch channel.second.receivePacket(into: &buffer) {
    case .packet(let count, let passed):
      byteCount = count
      received = passed
    default: Issue.record("no packet")
    }
    #expect(buffer[..<byteCount] == [1, 2, 3])
    let number = received?.rawValue ?? -1
    #expect(number != original.first.rawValue)
    #expect(inode(number) == inode(original.first.rawValue))
    #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func `leaves packets without one as they are, and in order`() throws {
    let channel = try Descriptor.pair(packets: true)
    var buffer = [UInt8](repeating: 0, count: 16)
    let empty = kind(channel.second.receivePacket(into: &buffer))
    #expect(empty == "wouldBlock")
    let plain = channel.first.send([1])
    #expect(plain == .bytes(1))
    let passing = channel.first.send([2], passing: channel.first)
    #expect(passing == .bytes(1))
    var seen: [String] = []
    for _ in 0..<3 {
      guard case .packet(_, let passed) = channel.second.receivePacket(into: &buffer) else { break }
      seen.append("\(buffer[0]) \(passed == nil ? "alone" : "with one")")
    }
    #expect(seen == ["1 alone", "2 with one"])
  }

  @Test func `says when the other side is gone`() throws {
    var channel = try Descriptor.pair(packets: true)
    channel.first = try Descriptor.pair().first.duplicate()
    var buffer: [UInt8] = [0]
    let received = kind(channel.second.receivePacket(into: &buffer))
    #expect(received == "closed")
    let sent = channel.second.send([1], passing: channel.second)
    #expect(sent == .closed)
  }

  @Test func `of more than one is refused, and none of them stays open`() throws {
    let channel = try Descriptor.pair(packets: true)
    let passed = try Descriptor.pair()
    // Three at once, as a peer that does not keep to the rules would send them.
    var words: [Int32] = [0, 0, SOL_SOCKET, Int32(SCM_RIGHTS)]
    words += [passed.second.rawValue, passed.second.rawValue, passed.second.rawValue, 0]
    words[0] = 28
    var byte: UInt8 = 1
    let sent = words.withUnsafeMutableBytes { control in
      withUnsafeMutablePointer(to: &byte) { byte in
        var vector = iovec(iov_base: UnsafeMutableRawPointer(byte), iov_len: 1)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = 28
          return sendmsg(channel.first.rawValue, &message, 0)
        }
      }
    }
    #expect(sent == 1)
    var buffer: [UInt8] = [0]
    let received = kind(channel.second.receivePacket(into: &buffer))
    #expect(received == "failed \(EPROTO)")
    // Were one left, the pair's other end would not see its end.
    let ends = consume passed
    let first = try ends.first.duplicate()
    ends.drop()
    try first.setNonBlocking()
    let end = first.read(into: &buffer)
    #expect(end == .closed)
  }

  private func kind(_ transfer: consuming PassedTransfer) -> String {
    switch consume transfer {
    case .packet: "packet"
    case .wouldBlock: "wouldBlock"
    case .closed: "closed"
    case .failed(let code): "failed \(code)"
    }
  }
}

extension DescriptorPair {
  /// Closes both.
  fileprivate consuming func drop() {}
}
