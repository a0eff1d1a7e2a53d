import Foundation
import TestSupport
import Testing

@Suite struct `The gateway` {
  @Test func `says that it lives, and whether the daemon serves`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon)
    #expect(try gateway.get("/livez").status == 200)
    let ready = try gateway.get("/readyz")
    #expect(ready.status == 200)
    #expect(ready.body == "ok\n")
    #expect(try gateway.get("/elsewhere").status == 404)
    #expect(try daemon.stop() == 0)
    #expect(try gateway.get("/livez").status == 200)
    for path in ["/readyz", "/metrics"] {
      let answer = try gateway.get(path)
      #expect(answer.status == 503)
      #expect(answer.body.contains("UNAVAILABLE"), "\(answer.body)")
    }
    #expect(try gateway.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: gateway.socketPath))
  }

  @Test func `ends at once where nobody waits for an answer`() throws {
    let daemon = try DaemonProcess(workers: 1)
    // Of three, since others may have the processor; one that waits for its time-out takes three seconds each time.
    let isSoon = try (0..<3).contains { _ in
      let gateway = try GatewayProcess(daemon: daemon)
      #expect(try gateway.get("/livez").status == 200)
      let began = ContinuousClock.now
      #expect(try gateway.stop() == 0)
      return ContinuousClock.now - began < .seconds(2)
    }
    #expect(isSoon)
  }

  @Test func `writes the format that is wanted`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon)
    let text = try gateway.get("/metrics")
    #expect(text.status == 200)
    #expect(text.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(text.body.contains("\nsmartflow_workers{state=\"serving\"} 1\n"))
    #expect(!text.body.contains("# EOF"))
    let open = try gateway.get(
      "/metrics", accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    #expect(
      open.headers["content-type"]
        == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    #expect(open.body.hasSuffix("\n# EOF\n"))
    #expect(try gateway.stop() == 0)
  }

  @Test(arguments: ["/livez", "/readyz", "/metrics"])
  func `answers HEAD as GET, without the body`(path: String) throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon)
    let (full, head) = (try gateway.get(path), try gateway.get(path, method: "HEAD"))
    #expect(head.status == 200)
    #expect(head.body.isEmpty && !full.body.isEmpty)
    #expect(head.headers["content-type"] == full.headers["content-type"])
    #expect(full.headers["content-length"] == String(full.body.utf8.count))
    // There may be more to count in between.
    let length = try #require(head.headers["content-length"].flatMap { Int($0) })
    #expect(path == "/metrics" ? length > 1000 : length == full.body.utf8.count)
    #expect(full.headers["connection"] == "close")
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
  func `refuses other methods, and says which do`(method: String) throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon)
    let refused = try gateway.get("/metrics", method: method)
    #expect(refused.status == 405)
    #expect(refused.headers["allow"] == "GET, HEAD")
    #expect(try gateway.get("/elsewhere", method: method).status == 404)
    #expect(try gateway.get("/elsewhere", method: "HEAD").body.isEmpty)
  }

  @Test(arguments: ["", "GET /livez HTT", "GET /livez HTTP/1.1\r\nHost: x\r\n", "\r\n"])
  func `closes a connection whose request does not come in time`(sent: String) throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon, arguments: ["--request-timeout", "1"])
    let connection = try RawConnection(path: gateway.socketPath)
    try connection.send(Array(sent.utf8))
    #expect(try connection.isClosed())
    #expect(try gateway.get("/livez").status == 200)
  }

  @Test func `closes a connection that goes on sending its request byte by byte`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon, arguments: ["--request-timeout", "1"])
    let connection = try RawConnection(path: gateway.socketPath)
    let began = ContinuousClock.now
    try connection.send(Array("GET /livez HTTP/1.1\r\nX: ".utf8))
    let isClosed = waitUntil(within: .seconds(20)) {
      (try? connection.send(Array("x".utf8))) == nil || connection.hasBytes
    }
    #expect(isClosed)
    #expect(ContinuousClock.now - began > .milliseconds(900))
  }

  @Test func `closes a connection that does not take its answers`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon, arguments: ["--request-timeout", "1"])
    let connection = try RawConnection(path: gateway.socketPath)
    // More than a socket's buffer holds of answers.
    for _ in 0..<100 {
      try connection.send(Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    }
    #expect(
      waitUntil(within: .seconds(20)) { (try? connection.send(Array("G".utf8))) == nil })
    #expect(try gateway.get("/livez").status == 200)
  }

  @Test func `closes a connection that has had its answer and stays`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon, arguments: ["--request-timeout", "1"])
    let connection = try RawConnection(path: gateway.socketPath)
    try connection.send(
      Array("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n".utf8))
    let answer = String(decoding: try connection.receive(1 << 20), as: UTF8.self)
    #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
    #expect(answer.hasSuffix("\r\n\r\nok\n"))
  }

  @Test func `serves others while as many wait as may, once they have had their time`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(
      daemon: daemon, arguments: ["--request-timeout", "2", "--max-connections", "4"])
    // The gateway has seen those that wait when it closes one that is too many.
    var idle: [RawConnection] = []
    let isFull = waitUntil(within: .seconds(20)) {
      guard let connection = try? RawConnection(path: gateway.socketPath) else { return false }
      idle.append(connection)
      return idle.contains { $0.hasBytes }
    }
    #expect(isFull)
    #expect(idle.count > 4)
    let isServed = waitUntil(within: .seconds(20)) {
      (try? gateway.get("/livez").status) == 200
    }
    #expect(isServed)
    #expect(try gateway.stop() == 0)
  }

  @Test(arguments: [["--request-timeout", "0"], ["--max-connections", "0"]])
  func `refuses limits that are none`(arguments: [String]) throws {
    let daemon = try DaemonProcess(workers: 1)
    let failure = #expect(throws: GatewayProcess.NotReady.self) {
      try GatewayProcess(daemon: daemon, arguments: arguments)
    }
    #expect(failure?.exitStatus == 64)
  }

  @Test(arguments: [
    (["--listen", "0.0.0.0:0"], Int32(64), "--allow-remote"),
    (["--listen", "[::]:0"], 64, "--allow-remote"), (["--listen", "nonsense"], 64, "nonsense"),
    (["--endpoint", "http://x"], 64, "unix:///path"),
  ])
  func `refuses what it can not do, and says what to do`(
    arguments: [String], status: Int32, words: String
  ) throws {
    let daemon = try DaemonProcess(workers: 1)
    let failure = #expect(throws: GatewayProcess.NotReady.self) {
      try GatewayProcess(daemon: daemon, arguments: arguments)
    }
    #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
    #expect(failure?.exitStatus == status)
  }

  @Test func `refuses an address that is taken`() throws {
    let daemon = try DaemonProcess(workers: 1)
    let gateway = try GatewayProcess(daemon: daemon)
    let failure = #expect(throws: GatewayProcess.NotReady.self) {
      try GatewayProcess(daemon: daemon, arguments: ["--listen", gateway.address])
    }
    #expect(failure?.description.contains("somebody listens") == true)
    #expect(failure?.exitStatus == 69)
    // The first is not disturbed.
    #expect(try gateway.get("/livez").status == 200)
  }
}
