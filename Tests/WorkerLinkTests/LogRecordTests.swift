import Testing
import UnixSocket
import WorkerLink

@Suite struct `A packet of log lines` {
  private func packet(_ lines: [UInt8]...) -> [UInt8]? {
    var packet: [UInt8] = []
    for line in lines where !LogRecord.append(line, to: &packet) { return nil }
    return packet
  }

  private func lines(_ packet: ArraySlice<UInt8>) -> [[UInt8]?] {
    LogRecord.lines(in: packet).map { $0.map(Array.init) }
  }

  private let first = Array(#"{"text":"é\n\u0000"}"#.utf8)
  private let second = Array("\u{7F}".utf8)  // JSON leaves it as it is, so it ends no line.

  @Test func `gives them back as they are`() throws {
    let packet = try #require(self.packet(first, second, first))
    #expect(packet.count == 2 * first.count + 1 + 3 * LogRecord.headerBytes)
    #expect(lines(packet[...]) == [first, second, first])
    let buffer = [9, 9] + packet + [9]
    #expect(lines(buffer[2..<2 + packet.count]) == [first, second, first])
    #expect(lines([]) == [])
  }

  @Test(arguments: Array(0x00...0x1F as ClosedRange<UInt8>))
  func `takes no control byte on either side`(byte: UInt8) throws {
    for place in first.indices {
      var packet = try #require(self.packet(second, first, second))
      packet[2 * LogRecord.headerBytes + 1 + place] = byte
      #expect(lines(packet[...]) == [second, nil])
      var line = first
      line[place] = byte
      #expect(!LogRecord.append(line, to: &packet))
    }
  }

  @Test func `stays as it was when a line is refused`() throws {
    let before = try #require(self.packet(first))
    for line in [[], [0x0A], [UInt8](repeating: 65, count: LogRecord.lineBytes + 1)] {
      var packet = before
      #expect(!LogRecord.append(line, to: &packet))
      #expect(packet == before)
    }
    #expect(lines([0x53, 0x46, 0x4C, 0x47, 0, 0, 0, 0]) == [nil])
  }

  @Test func `that is cut anywhere, or goes on with something else, gives what stands before`()
    throws
  {
    let packet = try #require(self.packet(first, second))
    let end = first.count + LogRecord.headerBytes
    for count in 1..<packet.count {
      let expected: [[UInt8]?] = count < end ? [nil] : count == end ? [first] : [first, nil]
      #expect(lines(packet[..<count]) == expected, "\(count)")
    }
    #expect(lines((packet + Array("x".utf8))[...]) == [first, second, nil])
  }

  @Test(arguments: 0..<8, 0..<8)
  func `is refused from a header on that has one bit turned`(byte: Int, bit: UInt8) throws {
    var packet = try #require(self.packet(second, first))
    packet[second.count + LogRecord.headerBytes + byte] ^= 1 << bit
    let seen = lines(packet[...])
    #expect(seen.first == second)
    #expect(seen.contains(nil) && !seen.contains(first))
  }

  @Test func `of the longest kind goes over the channel at once`() throws {
    var packet: [UInt8] = []
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
    while packet.count + line.count + LogRecord.headerBytes <= LogRecord.fullPacketBytes {
      #expect(LogRecord.append(line, to: &packet))
    }
    let count = lines(packet[...]).count
    let longest = [UInt8](repeating: UInt8(ascii: "x"), count: LogRecord.lineBytes)
    #expect(LogRecord.append(longest, to: &packet))
    #expect(packet.count <= LogRecord.packetBytes)
    let channel = try Descriptor.pair(packets: true)
    let sent = channel.first.sendPacket(packet.span.bytes)
    #expect(sent == .bytes(packet.count))
    var buffer = [UInt8](repeating: 0, count: LogRecord.packetBytes)
    let read = channel.second.read(into: &buffer)
    #expect(read == .bytes(packet.count))
    let seen = lines(buffer[..<packet.count])
    #expect(seen.count == count + 1)
    #expect(seen.last == longest)
  }
}
