/// One line of a TLE, cut into its fields.
///
/// Columns are those of the format's definition (Space-Track, "Two-Line Element Set Format"). Where a
/// line does not keep to them but its words tell the fields apart, the words are used, and then the
/// checksum must be there and right.
struct TLELine {
  /// The fields that are read.
  enum Field {
    case catalogNumber, classification, designator, epoch, meanMotionDot, meanMotionDDot, bstar
    case ephemerisType, elementSetNumber
    case inclination, raan, eccentricity, argumentOfPerigee, meanAnomaly, meanMotion, revolution
  }

  /// A field's text and the column it starts in.
  private struct Piece {
    var text: ArraySlice<UInt8>
    var column: Int
  }

  let line: Int
  /// The warning that the checksum does not match, where it does not.
  private(set) var checksumWarning: ElementSetProblem?
  private var pieces: [Field: Piece] = [:]

  /// 1 or 2 for element lines, `nil` for anything else. Names may begin with a digit, too, so a
  /// line must also be as long as the shortest sensible one.
  static func number(of text: ArraySlice<UInt8>) -> Int? {
    guard text.count >= 40, let first = text.first, let second = text.dropFirst().first,
      isSpace(second)
    else { return nil }
    return first == UInt8(ascii: "1") ? 1 : (first == UInt8(ascii: "2") ? 2 : nil)
  }

  /// Whether a text could be an element line.
  static func looksLikeOne(_ text: ArraySlice<UInt8>) -> Bool { number(of: text) != nil }

  /// Cuts a line, by columns or by words, and checks its checksum.
  init(_ source: TextLine) throws(ElementSetProblem) {
    line = source.number
    let text = Array(source.trimmed)
    let indent = source.trimmed.startIndex - source.bytes.startIndex
    let number = Self.number(of: text[...]) ?? 0
    let layout = number == 1 ? Layout.first : Layout.second
    guard let stray = layout.firstStrayColumn(in: text) else {
      checksumWarning = checkColumnChecksum(text, number: number)
      for (field, columns) in layout.fields where columns.lowerBound <= text.count {
        let end = min(columns.upperBound, text.count)
        pieces[field] = Piece(
          text: text[columns.lowerBound - 1..<end], column: columns.lowerBound + indent)
      }
      return
    }
    guard let words = TLEWords(text, number: number) else {
      throw ElementSetProblem(
        line: line, column: stray + indent,
        message: "line \(number) of a TLE does not keep to its columns",
        cure: "compare it with the TLE format's columns, or use the object's OMM")
    }
    guard words.checksumIsRight else {
      throw ElementSetProblem(
        line: line, column: stray + indent,
        message:
          "line \(number) of a TLE does not keep to its columns, and its checksum is wrong or missing",
        cure: "download the element set again, or use the object's OMM")
    }
    pieces = words.fields.mapValues { Piece(text: $0, column: $0.startIndex + 1 + indent) }
  }

  /// The last digit must be the sum of the digits before it, a minus counting 1, modulo 10. A blank or
  /// missing one is accepted.
  private func checkColumnChecksum(_ text: [UInt8], number: Int) -> ElementSetProblem? {
    guard text.count >= 69, isDigit(text[68]) else { return nil }
    let sum = TLEChecksum.of(text[..<68])
    guard Int(text[68] - 48) != sum else { return nil }
    return ElementSetProblem(
      line: line, column: 69,
      message: "the checksum of line \(number) is \(text[68] - 48), but its digits sum to \(sum)",
      cure: "if nobody edited the set, a digit is damaged: download it again", isWarning: true)
  }
}

extension TLELine {
  private func bad(_ field: Field, _ what: String) -> ElementSetProblem {
    let piece = pieces[field]
    let found = String(decoding: trimmed(piece?.text ?? []), as: UTF8.self)
    return ElementSetProblem(
      line: line, column: piece?.column, message: "\(what) \"\(found)\" cannot be read",
      cure: "correct the field, or download the element set again")
  }

  private func text(_ field: Field) -> ArraySlice<UInt8> { trimmed(pieces[field]?.text ?? []) }

  func catalogNumber() throws(ElementSetProblem) -> Int {
    guard let number = CatalogNumber.parse(text(.catalogNumber)) else {
      throw bad(.catalogNumber, "the catalogue number")
    }
    return number
  }

  func classification() -> String {
    let text = text(.classification)
    return text.isEmpty ? "U" : String(decoding: text, as: UTF8.self)
  }

  /// `98067A` as OMM writes it, `1998-067A`; anything else as it stands.
  func internationalDesignator() -> String {
    let text = text(.designator)
    guard text.count >= 6, let year = wholeNumber(text.prefix(2)),
      let launch = wholeNumber(text.dropFirst(2).prefix(3)), launch > 0
    else { return String(decoding: text, as: UTF8.self) }
    let piece = String(decoding: text.dropFirst(2), as: UTF8.self)
    return "\(Self.fullYear(year))-\(piece)"
  }

  /// Two digits of a year: the first satellite flew in 1957.
  private static func fullYear(_ year: Int) -> Int { year < 57 ? 2_000 + year : 1_900 + year }

  func epoch() throws(ElementSetProblem) -> UTC {
    let text = text(.epoch)
    guard text.count > 5, let year = wholeNumber(text.prefix(2)) else {
      throw bad(.epoch, "the epoch")
    }
    let day = text.dropFirst(2)
    let dot = day.firstIndex(of: UInt8(ascii: ".")) ?? day.endIndex
    guard let whole = wholeNumber(day[..<dot]), (1...366).contains(whole),
      dot == day.endIndex || day[(dot + 1)...].allSatisfy(isDigit),
      let fraction = dot == day.endIndex ? 0 : decimalNumber(Array("0".utf8) + day[dot...])
    else { throw bad(.epoch, "the epoch") }
    let start = UTC(year: Self.fullYear(year), month: 1, day: 1)
    let nanoseconds =
      Int64(whole - 1) * 86_400_000_000_000 + Int64((fraction * 86_400e9).rounded())
    return UTC(nanosecondsSince1970: start.nanosecondsSince1970 + nanoseconds)
  }

  /// A plain decimal number.
  func number(_ field: Field, blankIsZero: Bool = false) throws(ElementSetProblem) -> Double {
    let text = text(field)
    if text.isEmpty, blankIsZero { return 0 }
    guard let value = decimalNumber(text) else { throw bad(field, "the number") }
    return value
  }

  /// Digits behind a decimal point that is not written; blanks are zeros.
  func impliedDecimal(_ field: Field) throws(ElementSetProblem) -> Double {
    let digits = (pieces[field]?.text ?? []).map { isSpace($0) ? UInt8(ascii: "0") : $0 }
    guard digits.allSatisfy(isDigit), let value = decimalNumber(Array("0.".utf8) + digits)
    else { throw bad(field, "the eccentricity") }
    return value
  }

  /// `-11606-4`: digits behind an unwritten decimal point, and a power of ten.
  func exponential(_ field: Field) throws(ElementSetProblem) -> Double {
    var text = text(field)
    if text.isEmpty { return 0 }
    if text.contains(UInt8(ascii: ".")) { return try number(field) }
    var sign = 1.0
    if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? -1 : 1
      text = text.dropFirst()
    }
    let end = text.firstIndex { !isDigit($0) } ?? text.endIndex
    let mantissa = text[..<end]
    let power = text[end...].filter { !isSpace($0) }
    guard !mantissa.isEmpty,
      let value = decimalNumber(
        Array("0.".utf8) + mantissa + Array("e".utf8) + (power.isEmpty ? Array("0".utf8) : power))
    else { throw bad(field, "the number") }
    return sign * value
  }

  /// A number that nothing is computed from; unreadable is 0.
  func whole(_ field: Field) -> Int { wholeNumber(text(field)) ?? 0 }
}
