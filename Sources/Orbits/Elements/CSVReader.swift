/// Reads comma-separated values as RFC 4180 defines them, record by record.
struct CSVReader {
  /// One field and where it starts.
  struct Field {
    var text: String
    var column: Int
  }

  /// One record: its fields, or what is wrong with its quoting.
  struct Record {
    var line: Int
    var fields: [Field] = []
    var problem: ElementSetProblem?
  }

  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var line = 1
  private var lineStart: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
    lineStart = bytes.startIndex
  }

  /// The next record that is not blank, or `nil` at the end.
  mutating func next() -> Record? {
    while index < bytes.endIndex {
      var record = Record(line: line)
      repeat {
        if let problem = readField(into: &record) {
          record.problem = problem
          skipLine()
          return record
        }
      } while skip(UInt8(ascii: ","))
      skipLine()
      if record.fields.count > 1 || record.fields.first?.text.isEmpty == false { return record }
    }
    return nil
  }

  private mutating func readField(into record: inout Record) -> ElementSetProblem? {
    let column = index - lineStart + 1
    var text: [UInt8] = []
    if skip(UInt8(ascii: "\"")) {
      let opening = line
      while true {
        guard index < bytes.endIndex else {
          return ElementSetProblem(
            line: opening, column: column, message: "a quotation mark is never closed",
            cure: "close it; inside quotes write a quotation mark twice")
        }
        if skip(UInt8(ascii: "\"")) {
          if !skip(UInt8(ascii: "\"")) { break }
          text.append(UInt8(ascii: "\""))
        } else {
          text.append(bytes[index])
          advance()
        }
      }
      guard index == bytes.endIndex || isSeparator(bytes[index]) else {
        return ElementSetProblem(
          line: line, column: index - lineStart + 1, message: "text follows a closed quotation",
          cure: "put a comma after it; inside quotes write a quotation mark twice")
      }
    } else {
      let start = index
      while index < bytes.endIndex, !isSeparator(bytes[index]) { index += 1 }
      text = Array(trimmed(bytes[start..<index]))
    }
    record.fields.append(Field(text: String(decoding: text, as: UTF8.self), column: column))
    return nil
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < bytes.endIndex, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// One byte on, counting lines: LF, CR LF or a lone CR ends one.
  private mutating func advance() {
    let byte = bytes[index]
    index += 1
    let followedByLF = index < bytes.endIndex && bytes[index] == 0x0A
    guard byte == 0x0A || (byte == 0x0D && !followedByLF) else { return }
    line += 1
    lineStart = index
  }

  private mutating func skipLine() {
    let current = line
    while index < bytes.endIndex, line == current { advance() }
  }
}
