import FuzzSupport
import TTRPC

/// A connection's bytes, at both of its ends, whole and in pieces.
///
/// The first three bytes are settings: limits and end, how the bytes are cut, and a client's calls.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(data, count) { input in
    let settings = Settings(input)
    let bytes = input.behind(3).array
    let wanted = Model(settings).events(of: bytes)
    let cuts: [any Sequence<Int>] = [
      CollectionOfOne(max(bytes.count, 1)), repeatElement(1, count: bytes.count),
      Cuts(seed: input.setting(1)),
    ]
    for cut in cuts {
      let seen =
        settings.isClient
        ? Driver(settings).clientEvents(of: bytes, cut)
        : Driver(settings).serverEvents(of: bytes, cut)
      require(
        seen == wanted,
        "cut in \(type(of: cut)) the connection says \(seen), the model \(wanted)")
    }
  }
}
