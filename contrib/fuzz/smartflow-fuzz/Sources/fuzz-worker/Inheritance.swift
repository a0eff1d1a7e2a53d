import Catalog
import FuzzSupport
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

  /// Starts a thread on which a worker serves for as long as the process lives.
  func serve() {
    var thread = pthread_t()
    // Safe: the thread takes over what is retained, once.
    let argument = unsafe Unmanaged.passRetained(self).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { broken("a thread without its argument") }
        unsafe Unmanaged<Inheritance>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    require(code == 0, "pthread_create: \(code)")
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
      broken("the worker ends: \(error)")
    }
    broken("the worker leaves")
  }
}
