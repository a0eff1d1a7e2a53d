public import Filtrex
public import JSON
public import SmartFlowMessages

extension Context: @retroactive JSONSink, @retroactive ValueSink {}

/// The player that expressions and trees are tried on.
public enum Player {
  /// A property of every type, under the names of the dictionaries and seeds.
  private static let json = """
    {
      "a": 5, "b": -2.5, "n": 0, "big": 9007199254740993, "daysInactive": 6, "balance": 120.5,
      "t": "Größe 日本 🎉 abc", "u": "", "name": "Maria", "tier": "Gold", "phone": "+35621234567",
      "when": "2026-11-24T10:00:00.5+01:00", "decimal": " -1.5e3 ",
      "yes": true, "no": false, "nothing": null, "optIn": [true],
      "l": [1, 2, 3, "a", null, [1], true], "tags": ["vip", "new", "b"], "one": ["x"],
      "empty": [], "amounts": [1.5, 2, 3], "nested": [[1, [2, [3]]], {"k": "v"}],
      "o": {"k": 1, "deep": {"k": [1, 2]}, "x": "y"}, "wallet": {"cash": 10, "bonus": 2.5},
      "wallet.total": 12.5, "strange name": 7, "length": 3
    }
    """

  /// The properties of `json` where that is a context, of the usual player otherwise.
  public static func context(_ json: [UInt8]?) -> Context {
    if let json {
      let context: Context? = json.withExactBytes { bytes in
        var context = Context()
        do throws(JSONError) {
          try JSONParser.parse(bytes, limits: limits, into: &context)
        } catch {
          return nil
        }
        return context.violation == nil ? context : nil
      }
      if let context { return context }
    }
    return usual
  }

  /// What a worker allows: 256 KiB, 32 nested, 10,000 values and the object itself.
  private static let limits = JSONLimits(byteCount: 256 << 10, nesting: 32, values: 10_001)

  private static let usual: Context = {
    var context = Context()
    do throws(JSONError) {
      // Safe: UTF-8 is bytes.
      try unsafe JSONParser.parse(json.utf8.span.bytes, limits: limits, into: &context)
    } catch {
      broken("the usual player is no JSON: \(error)")
    }
    require(context.violation == nil, "the usual player is no context")
    return context
  }()
}
