/// Writes metrics as text.
///
/// - Source: Prometheus' "Exposition formats" for 0.0.4; the OpenMetrics specification 1.0.0.
public struct ExpositionWriter: Sendable {
  private let format: ExpositionFormat
  private let sinceMicroseconds: UInt64
  private var output: [UInt8] = []

  private init(_ format: ExpositionFormat, sinceMicroseconds: UInt64) {
    self.format = format
    self.sinceMicroseconds = sinceMicroseconds
  }

  /// The whole of a report.
  public static func text(of report: MetricsReport, as format: ExpositionFormat) -> [UInt8] {
    var writer = ExpositionWriter(format, sinceMicroseconds: report.sinceMicroseconds)
    for entry in report.entries { writer.write(entry) }
    if format == .openMetrics { writer.append("# EOF\n") }
    return writer.output
  }

  private var isOpen: Bool { format == .openMetrics }

  private mutating func write(_ entry: MetricsReport.Entry) {
    let family = entry.family
    // 0.0.4 knows samples only; OpenMetrics knows what their names have in common.
    let name = isOpen ? family.name : family.sampleName
    append("# HELP \(name) ")
    appendEscaped(family.help, quotes: isOpen)
    append("\n# TYPE \(name) \(typeName(of: family.kind))\n")
    if isOpen, !family.unit.isEmpty { append("# UNIT \(name) \(family.unit)\n") }
    for point in entry.points { write(point, of: family) }
  }

  private func typeName(of kind: MetricFamily.Kind) -> String {
    kind == .info && !isOpen ? "gauge" : kind.rawValue
  }

  private mutating func write(_ point: MetricPoint, of family: MetricFamily) {
    switch point.value {
    case .whole(let value):
      beginSample(family.sampleName, family, point)
      append("\(value)\n")
    case .decimal(let value, let decimals):
      beginSample(family.sampleName, family, point)
      DecimalText.append(value, decimals: decimals, to: &output)
      append("\n")
    case .histogram(let scale, let counts, let sum):
      writeHistogram(scale, counts, sum, of: family, point)
    }
    guard isOpen, family.kind == .counter || family.kind == .histogram else { return }
    beginSample(family.name + "_created", family, point)
    DecimalText.append(sinceMicroseconds, decimals: 6, to: &output)
    append("\n")
  }

  private mutating func writeHistogram(
    _ scale: HistogramScale, _ counts: [UInt64], _ sum: UInt64, of family: MetricFamily,
    _ point: MetricPoint
  ) {
    // The count is that of the buckets, so that the two agree whenever they are read.
    var total: UInt64 = 0
    for (index, count) in counts.enumerated() {
      total &+= count
      beginSample(family.name + "_bucket", family, point, bound: (scale, index))
      append("\(total)\n")
    }
    beginSample(family.name + "_sum", family, point)
    DecimalText.append(sum, decimals: scale.decimals, to: &output)
    append("\n")
    beginSample(family.name + "_count", family, point)
    append("\(total)\n")
  }

  /// Writes a sample up to its value.
  private mutating func beginSample(
    _ name: String, _ family: MetricFamily, _ point: MetricPoint,
    bound: (scale: HistogramScale, index: Int)? = nil
  ) {
    append(name)
    var separator = "{"
    for (label, value) in zip(family.labels, point.labels) {
      append("\(separator)\(label)=\"")
      appendEscaped(value, quotes: true)
      append("\"")
      separator = ","
    }
    if let bound {
      append("\(separator)le=\"")
      if bound.index < bound.scale.bounds.count {
        DecimalText.appendBound(
          bound.scale.bounds[bound.index], decimals: bound.scale.decimals, needsPoint: isOpen,
          to: &output)
      } else {
        append("+Inf")
      }
      append("\"")
      separator = ","
    }
    append(separator == "{" ? " " : "} ")
  }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

  /// Appends a text in which the formats' own characters are escaped.
  private mutating func appendEscaped(_ text: String, quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case UInt8(ascii: "\"") where quotes: append("\\\"")
      default: output.append(byte)
      }
    }
  }
}
