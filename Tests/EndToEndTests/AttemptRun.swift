import Foundation
import TestSupport
import Testing

/// A layer of confinement, by the name that `--allow-unconfined` takes.
enum Layer: String, CaseIterable {
  case unprivilegedUser = "unprivileged-user"
  case noNewPrivileges = "no-new-privileges"
  case parentDeath = "parent-death"
  case notDumpable = "not-dumpable"
  case coreLimit = "core-limit"
  case processLimit = "process-limit"
  case descriptorLimit = "descriptor-limit"
  case addressSpaceLimit = "address-space-limit"
  case landlock
  case seccomp

  /// The flags that leave on only these.
  static func only(_ layers: [Layer]) -> [String] {
    let off = allCases.filter { !layers.contains($0) }.map(\.rawValue)
    return off.isEmpty ? [] : ["--allow-unconfined", off.joined(separator: ",")]
  }

  /// These, and what it takes to put them on: without root, the kernel wants no-new-privileges first.
  static func alone(_ layers: Layer...) -> [String] {
    only(layers + (isRoot ? [] : [.noNewPrivileges, .unprivilegedUser]))
  }
}

/// Whether the tests run as root: then a daemon changes its workers' user.
let isRoot = geteuid() == 0

/// A daemon whose worker tries something forbidden once it is confined.
struct AttemptRun {
  /// How the attempt ended.
  enum End: Equatable {
    case succeeded
    /// The worker lives, and was refused with this `errno`.
    case failed(Int32)
    /// The worker died of it, by the keeper's word: `signal 31`.
    case died(String)

    /// The kernel's answer to a call that no worker may make.
    static let killed = End.died("signal \(SIGSYS)")
  }

  let end: End
  let log: String

  /// Starts a daemon with one worker, and looks for how the attempt ends.
  ///
  /// An attempt is its name, and behind a colon of what. The daemon runs in `folder`, where a picture of its
  /// memory would lie. With `untilItGivesUp` it is left alone until it has had enough of a worker that dies.
  init(
    _ attempt: String, _ flags: [String], in folder: TemporaryFolder? = nil,
    shell: String? = nil, untilItGivesUp: Bool = false
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    let daemon = try Daemon(in: folder, ["--worker-attempt", attempt] + flags, shell: shell)
    var end: End?
    var log = ""
    _ = waitUntil(within: .seconds(30)) {
      // Looked at before the log, so that the last words of a daemon that has ended are there.
      let hasEnded = !daemon.isRunning
      log = daemon.log()
      end = Self.end(in: log, of: attempt)
      // What holds is told when the worker is ready, which one that lives soon is.
      let isTold = end.map { if case .died = $0 { true } else { log.contains(#""confined""#) } }
      return hasEnded || (isTold == true && !untilItGivesUp)
    }
    daemon.signal(SIGKILL)
    daemon.wait()
    self.log = log
    self.end = try #require(end, "no end of \(attempt) in: \(log)")
  }

  private static let signals: [String: Int32] = [
    "SIGABRT": SIGABRT, "SIGILL": SIGILL, "SIGKILL": SIGKILL, "SIGSEGV": SIGSEGV, "SIGSYS": SIGSYS,
    "SIGTRAP": SIGTRAP,
  ]

  private static func end(in log: String, of attempt: String) -> End? {
    let name = attempt.prefix { $0 != ":" }
    for line in log.split(separator: "\n") {
      guard
        let record = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let reason = record["reason"] as? String
      else { continue }
      switch record["event"] as? String {
      case "attempt" where reason == "\(name) succeeded": return .succeeded
      case "attempt":
        let prefix = "\(name) failed with error "
        if reason.hasPrefix(prefix), let code = Int32(reason.dropFirst(prefix.count)) {
          return .failed(code)
        }
      case "worker_died":
        if let signal = record["signal"] as? String {
          return .died("signal \(signals[signal] ?? 0)")
        }
        return .died("exit \(record["exit_status"] as? String ?? "?")")
      default: break
      }
    }
    return nil
  }
}

/// Things outside the worker that attempts are aimed at.
final class AttemptTargets {
  let folder: TemporaryFolder
  /// A file that everybody may read and write.
  let file: String
  /// A file that is not there, in a folder that everybody may write to.
  let newFile: String
  /// A name of an abstract socket on which somebody listens.
  let abstractName = "smartflow-" + UUID().uuidString
  private(set) var port: UInt16 = 0
  private let tcp: Int32
  private let unix: Int32

  init() throws {
    folder = try TemporaryFolder()
    file = folder.path("file")
    newFile = folder.path("new")
    try Data("secret".utf8).write(to: URL(filePath: file))
    chmod(file, 0o666)
    chmod(folder.url.path, 0o777)
    unix = try boundSocket(Int32(SOCK_STREAM.rawValue), to: "@" + abstractName)
    tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try listen()
  }

  deinit {
    close(tcp)
    close(unix)
  }

  private func listen() throws {
    var inet = sockaddr_in()
    inet.sin_family = sa_family_t(AF_INET)
    inet.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &inet) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(tcp, $0, size) == 0 && getsockname(tcp, $0, &size) == 0
      }
    }
    port = UInt16(bigEndian: inet.sin_port)
    guard isBound, Glibc.listen(tcp, 16) == 0, Glibc.listen(unix, 16) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// An attempt's argument, with its target where it has one.
  func argument(of attempt: String) -> String {
    switch attempt {
    case "open-for-reading", "remove-file": "\(attempt):\(file)"
    case "open-for-writing": "\(attempt):\(newFile)"
    case "connect-tcp": "\(attempt):\(port)"
    case "connect-abstract": "\(attempt):\(abstractName)"
    case "bind-abstract": "\(attempt):\(abstractName)-new"
    case "mount": "\(attempt):\(folder.url.path)"
    case "exec-set-user-id": "\(attempt):/usr/bin/test"
    default: attempt
    }
  }
}
