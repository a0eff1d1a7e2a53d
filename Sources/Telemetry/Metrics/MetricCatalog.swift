/// Every metric of the daemon.
///
/// - Source: names by Prometheus's conventions (base units, `_total`) and, for calls, by OpenTelemetry's of RPC:
///   `method` is the full name with its service, and `_OTHER` where the server does not know it.
public enum MetricCatalog {
  static let build = MetricFamily(
    "smartflow_build", .info, labels: ["version"], "The release that runs")
  static let processStart = MetricFamily(
    "process_start_time_seconds", .gauge, unit: "seconds",
    "When the keeper started, in seconds since 1970")
  static let workers = MetricFamily(
    "smartflow_workers", .gauge, labels: ["state"], "Places of workers by what is in them")
  static let restarts = MetricFamily(
    "smartflow_worker_restarts", .counter, labels: ["reason"],
    "Workers that ended without being told to and were started again, by how they ended")
  static let quarantined = MetricFamily(
    "smartflow_quarantined_trees", .gauge, "Trees that no worker runs, since they ended too many")
  static let openConnections = MetricFamily(
    "smartflow_open_connections", .gauge, "Connections of clients that are open")
  static let acceptedConnections = MetricFamily(
    "smartflow_accepted_connections", .counter, labels: ["socket"],
    "Connections that were accepted, by socket")
  static let streams = MetricFamily(
    "smartflow_rpc_server_streams_in_flight", .gauge,
    "Requests that were read and whose answers have not left")
  static let requests = MetricFamily(
    "smartflow_rpc_server_requests", .counter, labels: ["method", "code"],
    "Requests that were answered, by method and gRPC status code")
  static let duration = MetricFamily(
    "smartflow_rpc_server_duration_seconds", .histogram, unit: "seconds", labels: ["method"],
    "Time from a request's last byte to its answer")
  static let executions = MetricFamily(
    "smartflow_executions", .counter, labels: ["status"],
    "Executions of a tree for a player, each item of a batch counted, by what they came to")
  static let fuel = MetricFamily(
    "smartflow_execution_fuel_units", .histogram, unit: "units",
    "Fuel that executions used which came to a result")
  static let actions = MetricFamily(
    "smartflow_actions", .counter, labels: ["type", "status"],
    "Actions that executions came to, by type and status")
  static let cacheHits = MetricFamily(
    "smartflow_tree_cache_hits", .counter, "Requests whose tree was compiled already")
  static let cacheMisses = MetricFamily(
    "smartflow_tree_cache_misses", .counter, "Requests whose tree was not in the cache")
  static let cacheBytes = MetricFamily(
    "smartflow_tree_cache_bytes", .gauge, unit: "bytes", "Memory of the trees that are kept")
  static let droppedLines = MetricFamily(
    "smartflow_dropped_log_lines", .counter, labels: ["process"],
    "Lines of the log that found no room and are lost")
  static let journalBytes = MetricFamily(
    "smartflow_journal_written_bytes", .counter, unit: "bytes",
    "Bytes of records that were appended to the journals")
  static let journalSync = MetricFamily(
    "smartflow_journal_sync_duration_seconds", .histogram, unit: "seconds",
    "Time that the disk took to hold what was appended to a journal")
  static let snapshot = MetricFamily(
    "smartflow_snapshot_version", .gauge, "Version of the published trees that workers execute")
  static let activeTrees = MetricFamily(
    "smartflow_active_trees", .gauge, "Published trees of which a version is active")

  /// All of them, in the order in which they are written.
  public static let all = [
    build, processStart, workers, restarts, quarantined, openConnections, acceptedConnections,
    streams, requests, duration, executions, fuel, actions, cacheHits, cacheMisses, cacheBytes,
    droppedLines, journalBytes, journalSync, snapshot, activeTrees,
  ]
}
