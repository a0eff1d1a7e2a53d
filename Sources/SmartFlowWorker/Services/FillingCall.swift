internal import DecisionEngine
internal import SmartFlowMessages
internal import UnixSocket

/// An `ExecuteTree` with a large context, which is read a slice in each of its turns once the tree is there.
final class FillingCall: TreeUser {
  private let call: Call
  private let reading: ContextReading
  private let execution: ExecutionCall
  private var tree: Result<CachedTree, RPCStatus>?

  /// - Parameters:
  ///   - call: Whose answer it is to be.
  ///   - reading: The context.
  ///   - execution: What waits for it, prepared for the call, its context empty.
  init(_ call: Call, _ reading: ContextReading, for execution: ExecutionCall) {
    self.call = call
    self.reading = reading
    self.execution = execution
  }

  var deadline: UInt64 { call.deadline }

  func take(_ tree: Result<CachedTree, RPCStatus>, in worker: Worker) {
    // What is wrong with the tree is said first.
    guard case .success(let cached) = tree, case .tree = cached.outcome else {
      endReading(in: worker)
      return execution.take(tree, in: worker)
    }
    self.tree = tree
    if !runSlice(until: worker.firstRunEnd, in: worker) { worker.wait(self, of: call.connection) }
  }

  func runSlice(until end: UInt64, in worker: Worker) -> Bool {
    guard let tree else { return true }
    worker.showReading(ofBytes: reading.byteCount, for: call)
    do throws(RPCStatus) {
      guard try reading.run(until: end, into: &execution.execution.context) else {
        // What the connection asks for next is not read before: each holds one large context, not hundreds.
        call.connection.isPreparing = true
        return false
      }
    } catch {
      execution.refuseContext(error)
    }
    endReading(in: worker)
    execution.take(tree, in: worker)
    return true
  }

  func expire(now: UInt64, in worker: Worker) {
    endReading(in: worker)
    execution.expire(now: now, in: worker)
  }

  func cutShort(in worker: Worker) {
    endReading(in: worker)
    execution.cutShort(in: worker)
  }

  func abandon(in worker: Worker) {
    endReading(in: worker)
    execution.abandon(in: worker)
  }

  private func endReading(in worker: Worker) {
    worker.endReading(reading)
    call.connection.endPreparing()
  }
}
