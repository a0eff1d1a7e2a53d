/// An expression on one line with a place in it marked, cut so that the place is in sight.
struct MarkedExpression {
  let line: String
  /// Spaces and carets, to stand under ``line``.
  let marks: String

  /// Marks `range` of `source`.
  ///
  /// - Parameters:
  ///   - source: The expression.
  ///   - range: UTF-8 offsets in it, end exclusive.
  ///   - room: Columns of the line, or `nil` for as many as it takes.
  ///   - mark: What stands for what was cut off.
  init(_ source: String, _ range: Range<Int>, room: Int?, mark: String) {
    let utf8 = Array(source.utf8)
    let start = min(max(range.lowerBound, 0), utf8.count)
    let end = min(max(range.upperBound, start), utf8.count)
    func text(_ range: Range<Int>) -> String {
      DisplayText.plain(String(decoding: utf8[range], as: UTF8.self))
    }
    var before = text(0..<start)
    let inside = text(start..<end)
    let after = text(end..<utf8.count)
    let room = max(room ?? .max, 20)
    let carets = min(max(1, DisplayText.columns(inside)), room)
    if DisplayText.columns(before + inside + after) > room {
      // As much of what is before as leaves room for the place itself.
      let kept = max(min(room - carets - DisplayText.columns(mark), room / 2), 0)
      before = DisplayText.cutFront(
        before, to: kept + DisplayText.columns(mark), mark: mark)
    }
    line = DisplayText.cut(before + inside + after, to: room, mark: mark)
    marks =
      String(repeating: " ", count: DisplayText.columns(before))
      + String(repeating: "^", count: carets)
  }
}
