/// Reads OMMs as JSON: an array of flat objects, or one such object. CelesTrak writes numbers,
/// Space-Track strings; both are read. What stands before a syntax error is kept.
enum OMMJSON {
  /// Reads every record of a file.
  static func read(_ bytes: ArraySlice<UInt8>) -> ParsedElementSets {
    var scanner = JSONScanner(bytes)
    var result = ParsedElementSets()
    do throws(ElementSetProblem) {
      if scanner.peek() == UInt8(ascii: "[") {
        try readArray(&scanner, into: &result)
      } else {
        try readRecord(&scanner, into: &result)
      }
      if scanner.peek() != nil { throw scanner.unexpected("text follows the end of the JSON") }
    } catch {
      result.problems.append(error)
    }
    if result.elements.isEmpty, result.problems.isEmpty {
      result.problems.append(
        ElementSetProblem(
          line: 1, message: "the JSON array holds no element set", cure: "download the file again"))
    }
    return result
  }

  private static func readArray(
    _ scanner: inout JSONScanner, into result: inout ParsedElementSets
  ) throws(ElementSetProblem) {
    try scanner.expect("[")
    if scanner.skip("]") { return }
    repeat {
      if scanner.peek() == UInt8(ascii: "{") {
        try readRecord(&scanner, into: &result)
      } else {
        let problem = ElementSetProblem(
          line: scanner.line, column: scanner.column,
          message: "an entry of the array is not an object",
          cure: "give OMM objects with their keywords")
        _ = try scanner.value()
        result.problems.append(problem)
      }
    } while scanner.skip(",")
    try scanner.expect("]")
  }

  private static func readRecord(
    _ scanner: inout JSONScanner, into result: inout ParsedElementSets
  ) throws(ElementSetProblem) {
    _ = scanner.peek()
    var record = OMMRecord(line: scanner.line)
    try scanner.expect("{")
    if !scanner.skip("}") {
      repeat {
        _ = scanner.peek()
        let key = OMMKeyword(rawValue: try scanner.string().uppercased())
        try scanner.expect(":")
        _ = scanner.peek()
        let (line, column) = (scanner.line, scanner.column)
        let value = try scanner.value()
        guard let key, let value else { continue }
        record.set(key, OMMRecord.Value(text: value, line: line, column: column))
      } while scanner.skip(",")
      try scanner.expect("}")
    }
    record.add(to: &result)
  }
}
