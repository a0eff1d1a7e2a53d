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
