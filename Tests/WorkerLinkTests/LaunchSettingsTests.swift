import Testing
import WorkerLink

@Suite struct `Launch settings` {
  private var settings: LaunchSettings {
    var settings = LaunchSettings()
    settings.workerIndex = 3
    settings.workerCount = 8
    settings.defaultTimeoutNanoseconds = 1
    settings.maximumTimeoutNanoseconds = .max
    settings.fuelUnits = 12
    settings.treeCacheBytes = 0
    settings.connections = 17
    settings.streamsInFlight = .max
    settings.unreadBytes = 5 << 20
    settings.frameTimeoutNanoseconds = 300_000_000
    settings.unreadTimeoutNanoseconds = 1
    settings.userID = 65534
    settings.groupID = 7
    settings.memoryBytes = 1 << 31
    settings.unconfinedBits = 1 << 10
    settings.passedSockets = 3
    settings.auditContext = 2
    return settings
  }

  @Test func `are the same when their arguments are read, in whatever order`() throws {
    let arguments = settings.arguments
    #expect(arguments.count == 21)
    for turn in arguments.indices {
      let turned = Array(arguments[turn...] + arguments[..<turn])
      #expect(try LaunchSettings(parsing: turned) == settings)
      #expect(try LaunchSettings(parsing: turned.reversed()) == settings)
    }
    #expect(try LaunchSettings(parsing: LaunchSettings().arguments) == LaunchSettings())
  }

  @Test func `name an attempt where there is one, as it is written`() throws {
    var settings = settings
    settings.attempt = "open=for:reading=/x"
    #expect(settings.arguments.last == "attempt=open=for:reading=/x")
    #expect(try LaunchSettings(parsing: settings.arguments) == settings)
    #expect(throws: LaunchSettings.Failure.unknown(argument: "attempt=")) {
      try LaunchSettings(parsing: self.settings.arguments + ["attempt="])
    }
    #expect(throws: LaunchSettings.Failure.notOnce(name: "attempt")) {
      try LaunchSettings(parsing: settings.arguments + ["attempt=fork"])
    }
  }

  @Test func `name parameters that are masked, where there are any`() throws {
    var settings = settings
    settings.maskedParameters = ["phone", "to=x"]
    #expect(settings.arguments.last == "masked=phone,to=x")
    #expect(try LaunchSettings(parsing: settings.arguments) == settings)
    #expect(throws: LaunchSettings.Failure.unknown(argument: "masked=")) {
      try LaunchSettings(parsing: self.settings.arguments + ["masked="])
    }
  }

  @Test func `name who may call where not everybody may`() throws {
    var settings = settings
    settings.allowedPeers.users = [0, 4_294_967_294]
    #expect(settings.arguments.last == "allowed-users=0,4294967294")
    #expect(try LaunchSettings(parsing: settings.arguments) == settings)
    settings.allowedPeers.groups = [7]
    #expect(settings.arguments.suffix(1) == ["allowed-groups=7"])
    #expect(try LaunchSettings(parsing: settings.arguments) == settings)
    for text in ["", "1,", ",1", "-1", "x", "4294967296"] {
      let argument = "allowed-users=" + text
      #expect(throws: LaunchSettings.Failure.unknown(argument: argument)) {
        try LaunchSettings(parsing: self.settings.arguments + [argument])
      }
    }
  }

  @Test(arguments: 0..<21)
  func `need each argument, once`(index: Int) {
    var arguments = settings.arguments
    let argument = arguments.remove(at: index)
    let name = String(argument.prefix { $0 != "=" })
    #expect(throws: LaunchSettings.Failure.notOnce(name: name)) {
      try LaunchSettings(parsing: arguments)
    }
    #expect(throws: LaunchSettings.Failure.notOnce(name: name)) {
      try LaunchSettings(parsing: arguments + [argument, argument])
    }
  }

  @Test(arguments: [
    "", "=", "=1", "fuel", "fuel=", "fuel= 1", "fuel=1 ", "fuel=-1", "fuel=1e3", "fuel=0x10",
    "fuel=9223372036854775808", "fuel=1=1", "Fuel=1", "unknown=1", "--fuel=1", "fuel=1.0",
    "fuel=١", "default-timeout-ns=-1", "maximum-timeout-ns=18446744073709551616",
  ])
  func `refuse what is no argument of theirs`(argument: String) {
    let others = settings.arguments.filter { !$0.hasPrefix("fuel=") }
    #expect(throws: LaunchSettings.Failure.unknown(argument: argument)) {
      try LaunchSettings(parsing: others + [argument])
    }
  }

  @Test func `say in one sentence what is wrong`() {
    #expect(
      LaunchSettings.Failure.unknown(argument: "x").description
        == "argument `x` is unknown; smartflow-worker is started by smartflowd only")
    #expect(
      LaunchSettings.Failure.notOnce(name: "fuel").description
        == "argument `fuel` must be given once; smartflow-worker is started by smartflowd only")
  }

  @Test func `count the descriptors that a worker is born with from three`() {
    #expect(InheritedDescriptor.allCases.map(\.rawValue) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  }
}
