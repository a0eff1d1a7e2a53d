/// Why the gateway can't serve.
enum GatewayFailure: Error, Equatable, CustomStringConvertible {
  /// Somebody else listens there.
  case taken(ListenAddress)
  /// The system refused, or FlyingFox did.
  case refused(ListenAddress, String)

  /// One sentence with the remedy.
  var description: String {
    switch self {
    case .taken(let address):
      "somebody listens on `\(address)`; stop them, or choose another address"
    case .refused(let address, let reason): "`\(address)` can't be listened on: \(reason)"
    }
  }
}
