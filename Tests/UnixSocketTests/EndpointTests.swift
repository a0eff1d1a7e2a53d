import Glibc
import Testing
import UnixSocket

@Suite struct `An endpoint` {
  @Test(arguments: [
    ("unix:///run/smartflow/smartflow.sock", Endpoint.path("/run/smartflow/smartflow.sock")),
    ("unix:relative.sock", .path("relative.sock")),
    ("unix:/absolute.sock", .path("/absolute.sock")),
    ("unix-abstract:name", .abstract("name")),
    ("/plain/path", .path("/plain/path")),
    ("plain.sock", .path("plain.sock")),
    ("./unix:odd", .path("./unix:odd")),
  ])
  func `is read in each of its forms`(text: String, endpoint: Endpoint) throws {
    #expect(try Endpoint(parsing: text) == endpoint)
  }

  @Test(arguments: [
    Endpoint.path("/run/x.sock"), .path("x.sock"), .path("unix:odd"), .abstract("name"),
    .abstract("unix:///odd"), .path("\u{301}x"), .path("/\u{301}x"), .abstract("\u{301}"),
  ])
  func `is the same when its text is read again`(endpoint: Endpoint) throws {
    #expect(try Endpoint(parsing: endpoint.description) == endpoint)
  }

  @Test(arguments: ["", "unix:", "unix://", "unix-abstract:"])
  func `that names nothing is refused`(text: String) {
    #expect(throws: Endpoint.Failure.empty(text)) { try Endpoint(parsing: text) }
  }

  @Test(arguments: ["http://localhost", "tcp://127.0.0.1:80", "vsock://2", "tcp://\u{301}"])
  func `of another kind is refused`(text: String) {
    #expect(throws: Endpoint.Failure.unknownScheme(text)) { try Endpoint(parsing: text) }
  }

  @Test(arguments: ["", "unix:", "unix://", "unix-abstract:"])
  func `may have 107 bytes and not one more`(prefix: String) throws {
    // Two bytes a character: bytes are what counts.
    let longest = "/" + String(repeating: "é", count: 53)
    #expect(try Endpoint(parsing: prefix + longest).description.hasSuffix(longest))
    let failure = #expect(throws: Endpoint.Failure.self) {
      try Endpoint(parsing: prefix + longest + "x")
    }
    #expect(failure == .tooLong(byteCount: 108, longest + "x"))
    #expect(failure?.description.contains("108 bytes") == true)
  }

  @Test func `with a zero byte is refused`() {
    #expect(throws: Endpoint.Failure.containsNUL("/a\0b")) { try Endpoint(parsing: "/a\0b") }
  }

  @Test func `is below run for root, in the user's own folder otherwise, or nowhere`() {
    #expect(
      Endpoint.standard(isRoot: true, runtimeFolder: "/run/user/0")
        == .path("/run/smartflow/smartflow.sock"))
    #expect(
      Endpoint.standard(isRoot: false, runtimeFolder: "/run/user/7")
        == .path("/run/user/7/smartflow.sock"))
    #expect(Endpoint.standard(isRoot: false, runtimeFolder: "") == nil)
    #expect(Endpoint.standard(isRoot: false, runtimeFolder: nil) == nil)
  }

  @Test func `built too long by hand is refused when it is connected to`() {
    #expect(throws: SystemError(call: "connect", code: ENAMETOOLONG, subject: tooLong)) {
      _ = try Endpoint.path(tooLong).connect()
    }
  }

  @Test func `in the abstract namespace that nobody serves is refused`() {
    let name = "smartflow-nobody-\(getpid())"
    #expect(
      throws: SystemError(
        call: "connect", code: ECONNREFUSED, subject: "unix-abstract:" + name)
    ) { _ = try Endpoint.abstract(name).connect() }
  }

  private let tooLong = String(repeating: "x", count: 108)
}
