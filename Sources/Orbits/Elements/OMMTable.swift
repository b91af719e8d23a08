/// Reads OMMs as comma-separated values with the keywords in the first row, as CelesTrak and
/// Space-Track publish them. Columns may come in any order, and unknown ones are passed over.
enum OMMTable {
  /// Reads every record of a file.
  static func read(_ bytes: ArraySlice<UInt8>) -> ParsedElementSets {
    var reader = CSVReader(bytes)
    var result = ParsedElementSets()
    guard let header = reader.next() else { return result }
    if let problem = header.problem { return ParsedElementSets(problems: [problem]) }
    let columns = header.fields.map { OMMKeyword(rawValue: $0.text.uppercased()) }
    result.problems = problems(of: columns, in: header)
    guard result.problems.isEmpty else { return result }

    while let row = reader.next() {
      if let problem = row.problem {
        result.problems.append(problem)
        continue
      }
      guard row.fields.count == columns.count else {
        result.problems.append(
          ElementSetProblem(
            line: row.line,
            message: "the row has \(row.fields.count) fields, the header \(columns.count)",
            cure: "give the row one field for each column"))
        continue
      }
      var record = OMMRecord(line: row.line)
      for (keyword, field) in zip(columns, row.fields) {
        guard let keyword else { continue }
        record.set(
          keyword, OMMRecord.Value(text: field.text, line: row.line, column: field.column))
      }
      record.add(to: &result)
    }
    if result.elements.isEmpty, result.problems.isEmpty {
      result.problems.append(
        ElementSetProblem(
          line: header.line, message: "the file has a header and no element set",
          cure: "download the file again"))
    }
    return result
  }

  private static func problems(
    of columns: [OMMKeyword?], in header: CSVReader.Record
  ) -> [ElementSetProblem] {
    let present = columns.compactMap(\.self)
    let missing = OMMKeyword.required.filter { !present.contains($0) }.map(\.rawValue)
    if !missing.isEmpty {
      return [
        ElementSetProblem(
          line: header.line, message: "the header lacks \(missing.joined(separator: ", "))",
          cure: "download the file as CSV with all columns")
      ]
    }
    for (index, keyword) in columns.enumerated() {
      guard let keyword, columns[..<index].contains(keyword) else { continue }
      return [
        ElementSetProblem(
          line: header.line, column: header.fields[index].column,
          message: "the header has \(keyword.rawValue) twice", cure: "remove one of the columns")
      ]
    }
    return []
  }
}
