import Catalog
import Glibc
import SmartFlowWorker
import UnixSocket
import WorkerLink

/// What a worker takes over from its keeper, on its way to the thread that it runs on.
final class Inheritance {
  private let settings: LaunchSettings
  private let numbers: [Int32]

  /// Takes over the descriptors: data and admin listener, log, control, board, page, desk, catalog, and the channels of
  /// journals and of keys.
  init(_ settings: LaunchSettings, owning numbers: [Int32]) {
    self.settings = settings
    self.numbers = numbers
  }

  /// Starts a thread on which a worker serves for as long as the process lives, and gives the clock of its
  /// processor's time.
  func serve() throws -> clockid_t {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Inheritance>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, argument)
    var clock = clockid_t()
    guard code == 0, pthread_getcpuclockid(thread, &clock) == 0 else {
      throw Failure(message: "there is no thread for the worker")
    }
    return clock
  }

  private func run() {
    do throws(SystemError) {
      let worker = try Worker(
        settings: settings, dataListener: Descriptor(owning: numbers[0]),
        adminListener: Descriptor(owning: numbers[1]), log: Descriptor(owning: numbers[2]),
        control: Descriptor(owning: numbers[3]),
        board: try StatusBoard(mapping: Descriptor(owning: numbers[4])),
        page: try WorkerPage(mapping: Descriptor(owning: numbers[5]), isWritable: true),
        desk: try SharedBytes(
          mapping: Descriptor(owning: numbers[6]), capacity: Catalog.Limits.deskBytes,
          isWritable: true),
        catalog: try CatalogReader(mapping: Descriptor(owning: numbers[7])),
        journal: Descriptor(owning: numbers[8]), keys: Descriptor(owning: numbers[9]))
      try worker.run()
    } catch {
      // Whoever waits for its answers finds the connection closed.
      print("engine-bench: the worker ends: \(error)")
    }
  }
}
