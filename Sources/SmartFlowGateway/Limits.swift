/// What the gateway may take.
enum Limits {
  /// How long the daemon may take to answer; a worker does in milliseconds, and Prometheus waits for ten seconds.
  static let daemonTimeout = Duration.seconds(3)
  /// Requests that wait for the daemon at once; it keeps room for sixteen such calls, for other administrators too.
  static let requestsInHand = 8
  /// How long answers may take to leave once the gateway is told to end, in seconds.
  static let shutdownSeconds = 3.0
  /// Bytes of an `Accept` header that are looked at; Prometheus' has less than 300.
  static let acceptBytes = 4096
  /// Connections that wait at once, at each address, where nobody says otherwise.
  ///
  /// A few scrapers and probes are enough; twice as many descriptors would still be left of the usual 1,024.
  static let connections = 256
  /// How long a request may take to come, and its answer to leave, in seconds, where nobody says otherwise; Prometheus
  /// waits as long for all of it.
  static let requestSeconds = 10
}
