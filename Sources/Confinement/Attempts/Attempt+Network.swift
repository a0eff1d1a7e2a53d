internal import Glibc

extension Attempt {
  /// Sockets, made and used.
  static let networkAttempts = [
    Kind("socket-unix") { _, _ in
      Call.attempt("socket", .number(Int(AF_UNIX)), .number(1), .number(0))
    },
    Kind("socket-inet") { _, _ in
      Call.attempt("socket", .number(Int(AF_INET)), .number(1), .number(0))
    },
    Kind("connect-tcp", .socket(family: AF_INET)) { socket, target in
      call("connect", socket.number, loopback(port: target))
    },
    Kind("bind-tcp", .socket(family: AF_INET)) { socket, _ in
      call("bind", socket.number, loopback(port: "0"))
    },
    Kind("connect-abstract", .socket(family: AF_UNIX)) { socket, target in
      call("connect", socket.number, abstract(target))
    },
    Kind("bind-abstract", .socket(family: AF_UNIX)) { socket, target in
      call("bind", socket.number, abstract(target))
    },
  ]

  private static func call(_ name: String, _ socket: Int, _ address: [UInt8]) -> Outcome {
    Call.attempt(name, .number(socket), .bytes(address), .number(address.count))
  }

  private static func loopback(port: String) -> [UInt8] {
    let port = UInt16(port) ?? 0
    return Call.bytes(UInt16(AF_INET), port.bigEndian) + [127, 0, 0, 1]
      + [UInt8](repeating: 0, count: 8)
  }

  private static func abstract(_ name: String) -> [UInt8] {
    Call.bytes(UInt16(AF_UNIX)) + [0] + Array(name.utf8)
  }
}
