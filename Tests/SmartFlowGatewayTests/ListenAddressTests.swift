import Testing

@testable import SmartFlowGateway

@Suite struct `An address to listen on` {
  @Test(
    arguments: [
      ("127.0.0.1:9464", ListenAddress.ipv4("127.0.0.1", port: 9464)),
      ("127.8.9.1:0", .ipv4("127.8.9.1", port: 0)), ("[::1]:65535", .ipv6("::1", port: 65535)),
      ("[0:0:0:0:0:0:0:1]:1", .ipv6("0:0:0:0:0:0:0:1", port: 1)),
      ("unix:///run/g.sock", .unix("/run/g.sock")), ("unix:g.sock", .unix("g.sock")),
    ])
  func `that nobody else reaches is taken`(text: String, address: ListenAddress) throws {
    let parsed = try ListenAddress(parsing: text)
    #expect(parsed == address)
    try parsed.checkIsLocal()
  }

  @Test(
    arguments: [
      "0.0.0.0:9464", "[::]:9464", "10.0.0.1:80", "192.168.1.1:1", "[fe80::1]:1",
      "[::ffff:127.0.0.1]:1", "128.0.0.1:1",
    ])
  func `that others reach is refused, with the flag that allows it`(text: String) throws {
    let address = try ListenAddress(parsing: text)
    let failure = #expect(throws: ListenAddress.Failure.self) { try address.checkIsLocal() }
    #expect(failure == .notLoopback(text))
    #expect(failure?.description.contains("--allow-remote") == true)
  }

  @Test(
    arguments: [
      "", ":", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1",
      "127.0.0.1:-1", "127.0.0.1:1:2", "localhost:9464", "::1:9464", "[::1]", "[]:1", "[::g]:1",
      "127.1:80", "unix:", "unix-abstract:x", "http://127.0.0.1:80",
      "unix:///" + String(repeating: "a", count: 200),
    ])
  func `that is none is refused`(text: String) {
    #expect(throws: ListenAddress.Failure.self) { try ListenAddress(parsing: text) }
  }
}
