/// Writes OMMs as CelesTrak publishes them: the header's creation date and originator are left empty, since
/// an element set does not say them.
enum OMMWriter {
  /// A whole file of the records' texts.
  static func document(_ records: [String], as format: ElementSetFormat) -> String {
    switch format {
    case .csv: csvHeader + records.joined()
    case .json: records.isEmpty ? "[]\n" : "[\n\(records.joined(separator: ",\n"))\n]\n"
    case .xml: xmlHeader + records.joined() + "</ndm>\n"
    case .kvn: records.joined(separator: "\n")
    case .tle: records.joined()
    }
  }

  /// One element set's text in a file.
  static func record(_ set: ElementSet, as format: ElementSetFormat) -> String {
    let fields = OMMField.all(of: set)
    switch format {
    case .csv: return fields.map { csv($0.text) }.joined(separator: ",") + "\n"
    case .json: return json(fields)
    case .xml: return xml(fields)
    case .kvn, .tle: return kvn(fields)
    }
  }

  private static let keywords: [OMMKeyword] = [
    .objectName, .objectID, .epoch, .meanMotion, .eccentricity, .inclination, .raan,
    .argumentOfPericenter, .meanAnomaly, .ephemerisType, .classification, .catalogNumber,
    .elementSetNumber, .revolution, .bstar, .meanMotionDot, .meanMotionDDot,
  ]

  /// What SGP4's elements always are.
  private static let conventions: [(keyword: OMMKeyword, text: String)] = [
    (.centerName, "EARTH"), (.frame, "TEME"), (.timeSystem, "UTC"), (.theory, "SGP4"),
  ]

  private static let csvHeader = keywords.map(\.rawValue).joined(separator: ",") + "\n"

  private static func csv(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }
    let ends = [text.utf8.first, text.utf8.last].compactMap(\.self)
    if isPlain, !ends.contains(where: isSpace) { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }

  private static func json(_ fields: [OMMField]) -> String {
    let members = fields.map { field in
      "\"\(field.keyword.rawValue)\":\(field.keyword.isNumber ? field.text : quoted(field.text))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case let control where control.value < 0x20:
        out += control.value < 16 ? "\\u000" : "\\u00"
        out += String(control.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

// MARK: XML and KVN

extension OMMWriter {
  private static let xmlHeader = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ndm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
    xsi:noNamespaceSchemaLocation="https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-2.0.0-master-2.0.xsd">

    """

  private static func xml(_ fields: [OMMField]) -> String {
    func elements(_ range: Range<Int>) -> String {
      fields[range].map { element($0.keyword, $0.text) }.joined()
    }
    let conventions = conventions.map { element($0.keyword, $0.text) }.joined()
    return """
      <omm id="CCSDS_OMM_VERS" version="2.0"><header><CREATION_DATE/><ORIGINATOR/></header>\
      <body><segment><metadata>\(elements(0..<2))\(conventions)</metadata>\
      <data><meanElements>\(elements(2..<9))</meanElements>\
      <tleParameters>\(elements(9..<fields.count))</tleParameters></data></segment></body></omm>

      """
  }

  private static func element(_ keyword: OMMKeyword, _ text: String) -> String {
    let name = keyword.rawValue
    return text.isEmpty ? "<\(name)/>" : "<\(name)>\(escaped(text))</\(name)>"
  }

  /// Text with what is markup written as references, and without the control characters that XML 1.0
  /// does not allow.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\r": out += "&#13;"
      case "\t", "\n": out.unicodeScalars.append(scalar)
      case let control where control.value < 0x20: break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func kvn(_ fields: [OMMField]) -> String {
    func line(_ name: String, _ text: String) -> String {
      let padding = String(repeating: " ", count: max(0, 19 - name.utf8.count))
      // A value ends where its line does.
      let flat = String(
        decoding: text.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
      return "\(name)\(padding) = \(flat)\n"
    }
    func lines(_ range: Range<Int>) -> String {
      fields[range].map { line($0.keyword.rawValue, $0.text) }.joined()
    }
    let conventions = conventions.map { line($0.keyword.rawValue, $0.text) }.joined()
    return "CCSDS_OMM_VERS      = 2.0\nCREATION_DATE       = \nORIGINATOR          = \n"
      + lines(0..<2) + conventions + lines(2..<9) + lines(9..<fields.count)
  }
}
