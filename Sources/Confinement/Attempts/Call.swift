internal import CLinux
internal import Glibc

/// System calls by name, past the C library and whatever it would do instead.
enum Call {
  /// An argument of a call.
  enum Argument {
    case number(Int)
    /// A text with a zero behind it.
    case text(String)
    /// Bytes to read, or to write into.
    case bytes([UInt8])
    /// Pointers to texts, and one to nothing.
    case texts([String])
  }

  /// Makes a call.
  ///
  /// - Returns: What the kernel gives, or -1 with `errno` set.
  static func make(_ name: String, _ arguments: Argument...) -> Int {
    make(number: Int(SystemCallFilter.number(of: name)), arguments)
  }

  static func make(number: Int, _ arguments: [Argument]) -> Int {
    var blocks: [Block] = []
    func address(_ bytes: [UInt8]) -> Int {
      let block = Block(bytes)
      blocks.append(block)
      return block.address
    }
    func address(_ text: String) -> Int { address(Array(text.utf8) + [0]) }
    let words = arguments.map { argument in
      switch argument {
      case .number(let number): number
      case .text(let text): address(text)
      case .bytes(let bytes): address(bytes)
      case .texts(let texts): address(texts.flatMap { bytes(address($0)) } + bytes(0))
      }
    }
    // Safe: as many words as are said, and what they point to lives until the call is over.
    return withExtendedLifetime(blocks) {
      unsafe clinux_system_call(number, words, Int32(words.count))
    }
  }

  /// Makes a call that is let or refused.
  static func attempt(_ name: String, _ arguments: Argument...) -> Attempt.Outcome {
    outcome(make(number: Int(SystemCallFilter.number(of: name)), arguments))
  }

  static func outcome(_ result: Int) -> Attempt.Outcome {
    result < 0 ? .failed(errno) : .succeeded
  }

  /// The bytes of numbers of one width, one behind the other.
  static func bytes<Number: FixedWidthInteger>(_ numbers: Number...) -> [UInt8] {
    numbers.flatMap { number in
      (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
  }
}

/// Bytes at one address for as long as it lives.
@safe final class Block {
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    // Safe: deallocated by deinit, and as long as what is copied.
    unsafe memory = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    unsafe memory.copyBytes(from: bytes)
  }

  deinit { unsafe memory.deallocate() }

  /// The address as a number.
  var address: Int { unsafe Int(bitPattern: memory.baseAddress) }
}
