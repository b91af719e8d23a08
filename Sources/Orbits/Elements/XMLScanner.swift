/// Walks through XML 1.0 text event by event, keeping count of lines.
///
/// It reads what data messages are made of: elements, attributes, text, CDATA, comments and processing
/// instructions. Prefixes of namespaces are dropped. Document types are refused, so that there are no
/// entities but XML's own five and character references: nothing a file says can make it grow, and
/// nothing outside it is read.
struct XMLScanner {
  /// An opening tag, and where it stands.
  struct Tag {
    var name: String
    var attributes: [String: String]
    var line: Int
    var column: Int
  }

  enum Event {
    case open(Tag)
    case text(String)
    case close(String)
  }

  /// Elements nested deeper than any message nests them.
  static let depthLimit = 32

  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private(set) var line = 1
  private var lineStart: Int
  private var open: [ArraySlice<UInt8>] = []
  private var closesAtOnce = false
  private var rootIsClosed = false

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
    lineStart = bytes.startIndex
  }

  /// How many elements are open.
  var depth: Int { open.count }

  /// The next event, or `nil` at the end of a complete document.
  mutating func next() throws(ElementSetProblem) -> Event? {
    if closesAtOnce {
      closesAtOnce = false
      return close()
    }
    while index < bytes.endIndex {
      guard bytes[index] == UInt8(ascii: "<") else {
        if let text = try text() { return .text(text) }
        continue
      }
      if skip("<!--") {
        _ = try content(upTo: "-->", of: "a comment")
      } else if skip("<?") {
        _ = try content(upTo: "?>", of: "a processing instruction")
      } else if skip("<![CDATA[") {
        let data = try content(upTo: "]]>", of: "a CDATA section")
        guard !open.isEmpty else { throw problem("text stands outside the document's element") }
        return .text(String(decoding: data, as: UTF8.self))
      } else if bytes[index...].starts(with: Array("<!".utf8)) {
        throw problem(
          "the XML has a document type, which may make a small file grow without end",
          cure: "remove <!DOCTYPE ...>; data messages have none")
      } else if skip("</") {
        return try closingTag()
      } else {
        return .open(try openingTag())
      }
    }
    guard open.isEmpty else {
      throw problem(
        "the XML ends too early; <\(String(decoding: open[open.count - 1], as: UTF8.self))> is open",
        cure: "the file is cut off; download it again")
    }
    return nil
  }

  /// A problem at the present place.
  func problem(_ message: String, cure: String = "correct the XML") -> ElementSetProblem {
    ElementSetProblem(line: line, column: index - lineStart + 1, message: message, cure: cure)
  }
}

// MARK: Tags

extension XMLScanner {
  private mutating func close() -> Event {
    let name = open.removeLast()
    rootIsClosed = open.isEmpty
    return .close(Self.localName(name))
  }

  private mutating func closingTag() throws(ElementSetProblem) -> Event {
    let name = try name()
    skipSpace()
    guard skip(">") else { throw problem("a closing tag is not ended by >") }
    guard open.last == name else {
      let expected =
        open.last.map { "</\(String(decoding: $0, as: UTF8.self))>" } ?? "no closing tag"
      throw problem(
        "\(expected) was expected, not </\(String(decoding: name.prefix(40), as: UTF8.self))>")
    }
    return close()
  }

  private mutating func openingTag() throws(ElementSetProblem) -> Tag {
    let (line, column) = (line, index - lineStart + 1)
    if rootIsClosed { throw problem("a second element follows the document's") }
    guard open.count < Self.depthLimit else {
      throw problem("elements are nested deeper than \(Self.depthLimit)")
    }
    advance(by: 1)
    let name = try name()
    var attributes: [String: String] = [:]
    while true {
      let spaced = skipSpace()
      if skip(">") { break }
      if skip("/>") {
        closesAtOnce = true
        break
      }
      guard spaced else { throw problem("a tag is not ended by >") }
      let key = Self.localName(try self.name())
      let value = try attributeValue()
      attributes[key] = value
    }
    open.append(name)
    return Tag(name: Self.localName(name), attributes: attributes, line: line, column: column)
  }

  private mutating func attributeValue() throws(ElementSetProblem) -> String {
    skipSpace()
    guard skip("=") else { throw problem("an attribute has no value") }
    skipSpace()
    for quote in ["\"", "'"] where skip(quote) {
      let value = try content(upTo: quote, of: "an attribute")
      guard !value.contains(UInt8(ascii: "<")) else { throw problem("an attribute is not closed") }
      return try resolved(value)
    }
    throw problem("an attribute's value is not in quotation marks")
  }

  /// Letters, digits and the signs that names may have; anything beyond ASCII is taken for a letter.
  private mutating func name() throws(ElementSetProblem) -> ArraySlice<UInt8> {
    let start = index
    var end = index
    while end < bytes.endIndex, Self.isNameByte(bytes[end]) { end += 1 }
    guard end > start, !isDigit(bytes[start]) else { throw problem("a name was expected") }
    advance(by: end - start)
    return bytes[start..<end]
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (97...122).contains(byte) || (65...90).contains(byte) || byte >= 0x80
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: ":")
  }

  /// A name without its namespace's prefix.
  private static func localName(_ name: ArraySlice<UInt8>) -> String {
    let colon = name.lastIndex(of: UInt8(ascii: ":"))
    return String(decoding: colon.map { name[($0 + 1)...] } ?? name, as: UTF8.self)
  }
}

// MARK: Text

extension XMLScanner {
  /// The text up to the next tag; `nil` for the white space around the document's element.
  private mutating func text() throws(ElementSetProblem) -> String? {
    let end = bytes[index...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
    let raw = bytes[index..<end]
    if open.isEmpty {
      guard raw.allSatisfy({ isSpace($0) || $0 == 0x0A || $0 == 0x0D }) else {
        throw problem("text stands outside the document's element")
      }
      advance(by: raw.count)
      return nil
    }
    let text = try resolved(raw)
    advance(by: raw.count)
    return text
  }

  /// Text with its references resolved.
  private func resolved(_ raw: ArraySlice<UInt8>) throws(ElementSetProblem) -> String {
    guard raw.contains(UInt8(ascii: "&")) else { return String(decoding: raw, as: UTF8.self) }
    var text: [UInt8] = []
    var rest = raw
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "&") else {
        text.append(byte)
        continue
      }
      // The longest reference there is, &#x10FFFF;, has ten characters.
      guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
        let scalar = Self.scalar(reference: rest[..<end])
      else {
        throw problem(
          "an & is not followed by a reference that XML knows", cure: "write an & as &amp;")
      }
      text += Array(String(Character(scalar)).utf8)
      rest = rest[(end + 1)...]
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func scalar(reference: ArraySlice<UInt8>) -> Unicode.Scalar? {
    let text = String(decoding: reference, as: UTF8.self)
    switch text {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard text.hasPrefix("#") else { return nil }
    let hexadecimal = text.hasPrefix("#x")
    let digits = text.dropFirst(hexadecimal ? 2 : 1)
    guard digits.first?.isHexDigit == true,
      let code = UInt32(digits, radix: hexadecimal ? 16 : 10), code != 0
    else { return nil }
    return Unicode.Scalar(code)
  }

  /// What stands before `end`, which is passed over, too.
  private mutating func content(
    upTo end: String, of what: String
  ) throws(ElementSetProblem) -> ArraySlice<UInt8> {
    let mark = Array(end.utf8)
    var place = index
    while let next = bytes[place...].firstIndex(of: mark[0]) {
      if bytes[next...].starts(with: mark) {
        let content = bytes[index..<next]
        advance(by: content.count + mark.count)
        return content
      }
      place = next + 1
    }
    throw problem(
      "\(what) is not closed", cure: "the file is cut off or damaged; download it again")
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = index
    while index < bytes.endIndex,
      isSpace(bytes[index]) || bytes[index] == 0x0A || bytes[index] == 0x0D
    {
      advance(by: 1)
    }
    return index > start
  }

  private mutating func skip(_ mark: String) -> Bool {
    guard bytes[index...].starts(with: mark.utf8) else { return false }
    advance(by: mark.utf8.count)
    return true
  }

  private mutating func advance(by count: Int) {
    for place in index..<index + count where bytes[place] == 0x0A {
      line += 1
      lineStart = place + 1
    }
    index += count
  }
}
