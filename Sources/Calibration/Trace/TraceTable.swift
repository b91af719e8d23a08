/// A comma-separated file with a header line, read row by row.
///
/// Fields hold numbers and times, so that quotation marks mean nothing here.
struct TraceTable {
  /// Rows beyond this are not read: at ten samples a second it is more than five days.
  static let maximumRows = 5_000_000

  /// The names in the header line, in lower case.
  let columns: [String]
  private var lines: Substring.UTF8View
  private(set) var line = 1
  private var fields: [Substring.UTF8View] = []

  init(_ text: String) throws(TraceProblem) {
    lines = text[...].utf8
    columns = Self.split(Self.takeLine(from: &lines)).map { Self.name($0) }
    guard columns.contains(where: { !$0.isEmpty }) else {
      throw TraceProblem(
        line: 1, message: "there is no header line",
        cure: "begin with the columns' names, such as unix_s,seq,rtt_ms")
    }
  }

  /// The columns' names for a message: the first of them, and not all of a long name.
  var namedColumns: String {
    let shown = columns.filter { !$0.isEmpty }.prefix(24).map { String($0.prefix(40)) }
    return shown.joined(separator: ", ") + (columns.count > shown.count ? ", ..." : "")
  }

  /// The place of the first of these columns that the file has.
  func column(_ names: String...) -> Int? {
    names.lazy.compactMap { columns.firstIndex(of: $0) }.first
  }

  /// Goes on to the next row that is not blank; `false` at the end.
  mutating func next() throws(TraceProblem) -> Bool {
    while !lines.isEmpty {
      line += 1
      let row = Self.takeLine(from: &lines)
      guard row.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      guard line <= Self.maximumRows else {
        throw problem("there are more than \(Self.maximumRows) rows", "cut the trace into parts")
      }
      fields = Self.split(row)
      return true
    }
    return false
  }

  /// The text of a field of this row; `nil` where the row is too short or the field empty.
  func text(_ column: Int) -> String? {
    guard column < fields.count else { return nil }
    let trimmed = Self.trimmed(fields[column])
    return trimmed.isEmpty ? nil : String(Substring(trimmed))
  }

  /// The number in a field of this row.
  func number(_ column: Int) throws(TraceProblem) -> Double {
    guard let text = text(column) else {
      throw problem("\(columns[column]) is missing", "give a number")
    }
    guard let value = Double(text), value.isFinite else {
      throw problem("\(columns[column]) is not a number (\(text.prefix(40)))", "give a number")
    }
    return value
  }

  /// A problem at this row.
  func problem(_ message: String, _ cure: String) -> TraceProblem {
    TraceProblem(line: line, message: message, cure: cure)
  }

  private static func takeLine(from rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
    var row = rest[..<end]
    rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
    if row.last == 0x0D { row.removeLast() }
    return row
  }

  private static func split(_ row: Substring.UTF8View) -> [Substring.UTF8View] {
    row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
  }

  private static func trimmed(_ field: Substring.UTF8View) -> Substring.UTF8View {
    var field = field
    while let first = field.first, first == 0x20 || first == 0x09 { field.removeFirst() }
    while let last = field.last, last == 0x20 || last == 0x09 { field.removeLast() }
    return field
  }

  private static func name(_ field: Substring.UTF8View) -> String {
    // A byte-order mark belongs to the file, not to the first name.
    var field = trimmed(field)
    if field.starts(with: [0xEF, 0xBB, 0xBF]) { field.removeFirst(3) }
    return String(Substring(field)).lowercased()
  }
}
