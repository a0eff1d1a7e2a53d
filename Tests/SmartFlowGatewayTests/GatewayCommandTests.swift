import Testing

@testable import SmartFlowGateway

@Suite struct `The gateway's command line` {
  // The same table as the daemon's: contrib/docs/operations.md, Sockets.
  @Test(arguments: [
    ("/run/smartflow/smartflow.sock", "/run/smartflow/admin.sock"),
    ("/tmp/green.sock", "/tmp/green-admin.sock"), ("green.sock", "green-admin.sock"),
    ("smartflow.sock", "admin.sock"), ("/tmp/x", "/tmp/x-admin.sock"),
  ])
  func `looks for the admin socket where the daemon puts it`(data: String, admin: String) {
    #expect(GatewayCommand.adminPath(beside: data) == admin)
  }
}
