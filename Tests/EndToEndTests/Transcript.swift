import Foundation
import TestSupport
import Testing

/// One recorded exchange with the reference server.
struct Transcript: Decodable, CustomTestStringConvertible {
  /// A write: bytes in hexadecimal, or a header with so many zeros behind it.
  enum Write: Decodable {
    case bytes([UInt8])

    private struct Long: Decodable {
      struct Frame: Decodable {
        var stream: UInt32
        var type: UInt8
        var zeros: Int
      }
      var frame: Frame
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .bytes(try Wire.bytes(hexadecimal: text))
      } else {
        let frame = try container.decode(Long.self).frame
        self = .bytes(
          Wire.frame(
            stream: frame.stream, type: frame.type, [UInt8](repeating: 0, count: frame.zeros)))
      }
    }
  }

  struct Answer: Decodable, Equatable {
    var stream: UInt32
    var code: Int
    var payload: String?
  }

  var name: String
  var send: [Write]
  var answers: [Answer]
  var also_accepted: [Answer]?

  var testDescription: String { name }

  static let all: [Transcript] = {
    let url = Project.file("Tests/EndToEndTests/Vectors/transcripts.ndjson")
    guard let lines = try? Project.lines(of: url) else { return [] }
    return lines.compactMap { try? JSONDecoder().decode(Transcript.self, from: Data($0.utf8)) }
  }()
}
