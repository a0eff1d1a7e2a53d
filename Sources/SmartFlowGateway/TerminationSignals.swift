internal import Dispatch
internal import Glibc

/// SIGTERM and SIGINT as something to wait for, while this lives.
final class TerminationSignals {
  /// The numbers of those that came.
  let arrivals: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]

  /// From here on they do not end the process.
  init() {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Int32.self, bufferingPolicy: .bufferingNewest(1))
    arrivals = stream
    sources = [SIGTERM, SIGINT].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
