import Foundation
import TestSupport
import Testing

@Suite struct `The reference server's transcripts` {
  @Test func `are all there`() {
    #expect(Transcript.all.count == 23)
  }

  @Test func `hold for a real daemon, every line`() throws {
    let daemon = try DaemonProcess()
    var passed = 0
    for transcript in Transcript.all {
      let answers = try answers(to: transcript, from: daemon)
      let matches =
        answers == sorted(transcript.answers)
        || transcript.also_accepted.map { answers == sorted($0) } == true
      #expect(matches, "\(transcript.name): \(answers)")
      passed += matches ? 1 : 0
    }
    print("ttRPC transcripts: \(passed) of \(Transcript.all.count) hold")
    #expect(try daemon.stop() == 0)
  }

  /// As many answers as are expected, then one more call to see that nothing else came.
  private func answers(
    to transcript: Transcript, from daemon: DaemonProcess
  ) throws -> [Transcript.Answer] {
    let connection = try RawConnection(path: daemon.socketPath)
    for case .bytes(let bytes) in transcript.send { try connection.send(bytes) }
    var answers: [Transcript.Answer] = []
    for _ in transcript.answers {
      let answer = try connection.answer()
      let payload =
        answer.code == 0 ? answer.payload.map { String(format: "%02x", $0) }.joined() : nil
      answers.append(.init(stream: answer.stream, code: answer.code, payload: payload))
    }
    connection.finishWriting()
    #expect(try connection.isClosed(), "\(transcript.name): more came than was expected")
    return sorted(answers)
  }

  /// Order between streams is free, order on a stream is not.
  private func sorted(_ answers: [Transcript.Answer]) -> [Transcript.Answer] {
    answers.enumerated().sorted {
      ($0.element.stream, $0.offset) < ($1.element.stream, $1.offset)
    }.map(\.element)
  }
}
