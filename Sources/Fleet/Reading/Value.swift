/// A node of the manifest on its way to becoming part of the model.
///
/// Each method reads the node as one type. Where it cannot, it reports why and returns `nil`, and
/// the caller goes on, so that one reading finds every problem.
package struct Value {
  package let node: YAMLNode
  /// The node's place in the tree, such as `sites[2].uplinks[0].down`.
  package let path: String
  package let log: ProblemLog

  /// The scalar's text as it stands, of whatever type.
  package var rawText: String? {
    guard case .scalar(let text, _) = node.content, !text.isEmpty else { return nil }
    return text
  }

  /// Reports a problem at this node.
  package func problem(_ message: String, cure: String) {
    log.add(message, cure: cure, at: node.place, path: path)
  }

  /// The scalar's text; `what` names what is expected and `example` shows one.
  package func text(_ what: String, example: String) -> String? {
    guard case .scalar(let text, _) = node.content, !node.isNull else {
      problem("expected \(what), found \(found)", cure: "Write it as in `\(example)`.")
      return nil
    }
    if text.isEmpty {
      problem("expected \(what), found an empty text", cure: "Write it as in `\(example)`.")
      return nil
    }
    return text
  }

  /// A plain number within `range`; `what` names it, such as "a price in US dollars".
  package func number(_ what: String, in range: ClosedRange<Double>, example: String) -> Double? {
    guard let text = text(what, example: example) else { return nil }
    guard let number = Decimal.number(text) else {
      let cure =
        switch Decimal.leadingNumber(of: text) {
        case (let percent, _, "%")?: "Write it as a fraction: `\(Decimal.text(percent / 100))`."
        case (_, let digits, _)?: "Write the bare number: `\(digits)`."
        case nil: "Write it as in `\(example)`."
        }
      problem("expected \(what), found `\(shortened(text))`", cure: cure)
      return nil
    }
    guard range.contains(number) else {
      problem(
        "\(Decimal.text(number)) is out of range for \(what)",
        cure: "Write a number from \(Decimal.text(range.lowerBound)) to "
          + "\(Decimal.text(range.upperBound)).")
      return nil
    }
    return number
  }

  /// A whole number within `range`.
  package func integer(_ what: String, in range: ClosedRange<Int>, example: String) -> Int? {
    guard let text = text(what, example: example) else { return nil }
    guard let number = Int(text) else {
      problem(
        "expected \(what), found `\(shortened(text))`",
        cure: "Write a whole number, as in `\(example)`.")
      return nil
    }
    guard range.contains(number) else {
      problem(
        "\(number) is out of range for \(what)",
        cure: "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return number
  }

  /// `true` or `false`.
  package func bool() -> Bool? {
    switch node.content {
    case .scalar("true", isPlain: true): return true
    case .scalar("false", isPlain: true): return false
    default:
      problem("expected true or false, found \(found)", cure: "Write `true` or `false`.")
      return nil
    }
  }

  /// One of the words of an enumeration.
  package func word<Word: RawRepresentable & CaseIterable>(_ what: String, as: Word.Type) -> Word?
  where Word.RawValue == String {
    let known = Word.allCases.map(\.rawValue)
    guard let text = text(what, example: known.first ?? "") else { return nil }
    if let word = Word(rawValue: text) { return word }
    problem(
      "`\(shortened(text))` is not \(what)",
      cure: Suggestion.cure(for: text, among: known, otherwise: "Delete the key."))
    return nil
  }

  /// The elements of a list.
  package func list(_ what: String) -> [Value]? {
    guard case .sequence(let nodes) = node.content else {
      problem("expected a list of \(what), found \(found)", cure: "Begin each of them with `- `.")
      return nil
    }
    return nodes.enumerated().map {
      Value(node: $0.element, path: "\(path)[\($0.offset)]", log: log)
    }
  }

  /// Reads a mapping's keys in `body`; every key that `body` does not ask for is then a problem.
  package func fields<Result>(_ what: String, _ body: (Fields) -> Result?) -> Result? {
    guard case .mapping(let entries) = node.content else {
      problem(
        "expected the keys of \(what), found \(found)",
        cure: "Write `key: value` lines, indented under this place.")
      return nil
    }
    let fields = Fields(of: self, entries: entries, what: what)
    let result = body(fields)
    fields.reportUnknownKeys()
    return result
  }

  /// What stands here, in words; long or empty texts are not repeated.
  private var found: String {
    switch node.content {
    case .scalar where node.isNull: "nothing"
    case .scalar(let text, _): "`\(shortened(text))`"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// At most 40 characters of `text`, on one line.
package func shortened(_ text: String) -> String {
  let line = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)[0]
  return line.count == text.count && line.count <= 40 ? text : "\(line.prefix(37))..."
}
