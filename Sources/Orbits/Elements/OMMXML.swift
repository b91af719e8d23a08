/// Reads OMMs as XML (CCSDS 505.0-B): an `ndm` of many `omm`, as CelesTrak and Space-Track publish it, or
/// one `omm` alone. Elements that are no keyword of SGP4's are passed over. What stands before a syntax error
/// is kept.
enum OMMXML {
  /// Reads every record of a file.
  static func read(_ bytes: ArraySlice<UInt8>) -> ParsedElementSets {
    var reader = Reader(scanner: XMLScanner(bytes))
    do throws(ElementSetProblem) {
      while let event = try reader.scanner.next() { try reader.take(event) }
    } catch {
      reader.result.problems.append(error)
    }
    if reader.result.elements.isEmpty, reader.result.problems.isEmpty {
      reader.result.problems.append(
        ElementSetProblem(
          line: 1, message: "the XML holds no <omm>", cure: "download the file again"))
    }
    return reader.result
  }

  /// The record and the value that are being read.
  private struct Reader {
    var scanner: XMLScanner
    var result = ParsedElementSets()
    var record: OMMRecord?
    var value: (keyword: OMMKeyword, content: OMMRecord.Value)?

    mutating func take(_ event: XMLScanner.Event) throws(ElementSetProblem) {
      switch event {
      case .open(let tag): try begin(tag)
      case .text(let text): value?.content.text += text
      case .close(let name): end(name)
      }
    }

    private mutating func begin(_ tag: XMLScanner.Tag) throws(ElementSetProblem) {
      if let value {
        throw scanner.problem("\(value.keyword.rawValue) holds <\(tag.name)> where text belongs")
      }
      if scanner.depth == 1, tag.name != "ndm", tag.name != "omm" {
        throw ElementSetProblem(
          line: tag.line, column: tag.column,
          message: "the file is XML or HTML of another kind: <\(tag.name.prefix(40))>",
          cure: "give orbit mean-elements messages, <ndm> or <omm>")
      }
      if tag.name == "omm" {
        guard record == nil else { throw scanner.problem("an <omm> holds an <omm>") }
        record = OMMRecord(line: tag.line)
      } else if record != nil, let keyword = OMMKeyword(rawValue: tag.name) {
        value = (
          keyword,
          OMMRecord.Value(
            text: "", line: tag.line, column: tag.column, unit: tag.attributes["units"])
        )
      }
    }

    private mutating func end(_ name: String) {
      if let value {
        var content = value.content
        content.text = content.text.trimmingXMLSpace
        record?.set(value.keyword, content)
        self.value = nil
      } else if name == "omm" {
        record?.add(to: &result)
        record = nil
      }
    }
  }
}

extension String {
  /// The text without white space at its ends, which in XML is there to be read easily.
  var trimmingXMLSpace: String {
    func isWhite(_ byte: UInt8) -> Bool { isSpace(byte) || byte == 0x0A || byte == 0x0D }
    guard let first = utf8.first, let last = utf8.last, isWhite(first) || isWhite(last) else {
      return self
    }
    var rest = Array(utf8)[...]
    while let byte = rest.first, isWhite(byte) { rest.removeFirst() }
    while let byte = rest.last, isWhite(byte) { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
