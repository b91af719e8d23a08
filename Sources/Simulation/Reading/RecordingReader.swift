import Fleet
import Orbits

/// Reads a recording of requests: comma-separated values with a header line.
///
/// `offset_s`, `model`, `prompt_tokens` and `answer_tokens` are needed; `stream` (true or false, true
/// where left out) and `deadline_s` (60 where left out) may be there, in any order. No field is quoted.
struct RecordingReader {
  let file: String
  let models: [String]
  let log: ProblemLog

  private static let needed = ["offset_s", "model", "prompt_tokens", "answer_tokens"]
  private static let optional = ["stream", "deadline_s"]
  private static let rowLimit = 5_000_000
  /// After this many problems the rest of a recording is not looked at.
  private static let problemLimit = 50

  /// The requests in order of the file; those of lines with problems are left out.
  func read(_ text: String) -> [RecordedRequest] {
    var requests: [RecordedRequest] = []
    var columns: [String: Int]?
    var problems = 0
    for (index, line) in Self.lines(of: text).enumerated() {
      if line.allSatisfy({ $0 == " " || $0 == "\t" }) { continue }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      guard let known = columns else {
        columns = header(fields, line: index + 1)
        if columns == nil { return [] }
        continue
      }
      guard requests.count < Self.rowLimit else {
        report("more than \(Self.rowLimit) requests", cure: "Split the recording.", line: index + 1)
        return requests
      }
      if let request = request(fields, known, line: index + 1) {
        requests.append(request)
      } else {
        problems += 1
        if problems == Self.problemLimit { return requests }
      }
    }
    if columns == nil {
      report(
        "the recording is empty", cure: "Begin it with `\(Self.needed.joined(separator: ","))`.",
        line: 1)
    }
    return requests
  }

  private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
    let scalars = text.unicodeScalars.first == "\u{FEFF}" ? text.dropFirst() : text[...]
    return scalars.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.last == "\r" ? $0.dropLast() : $0 }
  }

  private static func trimmed(_ field: Substring.UnicodeScalarView) -> String {
    var field = field
    while field.first == " " || field.first == "\t" { field.removeFirst() }
    while field.last == " " || field.last == "\t" { field.removeLast() }
    return String(field)
  }

  private func header(_ fields: [String], line: Int) -> [String: Int]? {
    var columns: [String: Int] = [:]
    for (column, field) in fields.enumerated() {
      let isKnown = (Self.needed + Self.optional).contains(field)
      if !isKnown || columns.updateValue(column, forKey: field) != nil {
        report(
          isKnown ? "the column `\(field)` is given twice" : "no column `\(shortened(field))` here",
          cure: Suggestion.cure(
            for: field, among: (Self.needed + Self.optional).filter { columns[$0] == nil },
            otherwise: "Delete it."), line: line)
        return nil
      }
    }
    let missing = Self.needed.filter { columns[$0] == nil }
    guard missing.isEmpty else {
      report(
        "the header lacks \(missing.map { "`\($0)`" }.joined(separator: ", "))",
        cure: "Begin the file with `\(Self.needed.joined(separator: ","))`.", line: line)
      return nil
    }
    return columns
  }

  private func request(
    _ fields: [String], _ columns: [String: Int], line: Int
  ) -> RecordedRequest? {
    guard fields.count == columns.count else {
      report(
        "the line has \(fields.count) fields, the header \(columns.count)",
        cure: "Write one field for each column.", line: line)
      return nil
    }
    func field(_ name: String) -> String? { columns[name].map { fields[$0] } }
    func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
      guard let text = field(name) else { return nil }
      if let number = Double(text), range.contains(number) { return number }
      report(
        "`\(shortened(text))` is not a \(name)",
        cure: "Write a number from \(range.lowerBound) to \(range.upperBound).", line: line)
      return nil
    }
    let tokens = 1...Double(Workload.tokenLimit)
    guard let offset = number("offset_s", in: 0...31_536_000),
      let model = self.model(field("model") ?? "", line: line),
      let prompt = number("prompt_tokens", in: tokens),
      let answer = number("answer_tokens", in: tokens),
      let stream = stream(field("stream") ?? "true", line: line)
    else { return nil }
    var deadline = 60.0
    if columns["deadline_s"] != nil {
      guard let given = number("deadline_s", in: 0.1...86_400) else { return nil }
      deadline = given
    }
    return RecordedRequest(
      offsetSeconds: offset, model: model, promptTokens: Int(prompt), answerTokens: Int(answer),
      stream: stream, deadlineSeconds: deadline)
  }

  private func model(_ text: String, line: Int) -> String? {
    if models.contains(text) { return text }
    report(
      "`\(shortened(text))` is not a model of the fleet",
      cure: Suggestion.cure(for: text, among: models, otherwise: "The fleet has none."), line: line)
    return nil
  }

  private func stream(_ text: String, line: Int) -> Bool? {
    if let value = Bool(text) { return value }
    report(
      "`\(shortened(text))` is not true or false", cure: "Write `true` or `false`.", line: line)
    return nil
  }

  private func report(_ message: String, cure: String, line: Int) {
    log.add(message, cure: cure, at: Place(line: line, column: 1), path: "", file: file)
  }
}
