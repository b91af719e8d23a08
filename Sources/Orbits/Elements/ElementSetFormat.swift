/// The forms in which element sets are published.
public enum ElementSetFormat: String, Hashable, Sendable, CaseIterable {
  /// Two-line elements, with a line for the name before them where there is one.
  case tle
  /// OMM as comma-separated values with the keywords in the first row.
  case csv
  /// OMM as a JSON array of objects.
  case json
  /// OMM as XML, an `ndm` of `omm` (CCSDS 505.0-B).
  case xml
  /// OMM as `KEYWORD = value` lines (CCSDS 502.0-B-3).
  case kvn

  /// The form that a text has, told by how it begins, or `nil` where it is none of them.
  public init?(of text: String) {
    guard let format = try? Self(detecting: Self.withoutByteOrderMark(text)) else { return nil }
    self = format
  }

  static func withoutByteOrderMark(_ text: String) -> ArraySlice<UInt8> {
    let bytes = Array(text.utf8)[...]
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
  }

  init(detecting bytes: ArraySlice<UInt8>) throws(ElementSetProblem) {
    let lines = TextLine.all(in: bytes)
    guard let first = lines.first(where: { !$0.isBlank && $0.bytes.first != UInt8(ascii: "#") })
    else { throw Self.unknown(line: 1, "the file holds no element set") }
    let text = first.trimmed
    switch text.first {
    case UInt8(ascii: "["), UInt8(ascii: "{"): self = .json
    case UInt8(ascii: "<"): self = .xml
    default:
      let words = String(decoding: text, as: UTF8.self).uppercased()
      if words.contains(","), OMMKeyword.required.contains(where: { words.contains($0.rawValue) }) {
        self = .csv
      } else if lines.contains(where: { $0.trimmed.starts(with: OMMKVN.version.utf8) }) {
        self = .kvn
      } else if lines.contains(where: { TLELine.looksLikeOne($0.trimmed) }) {
        self = .tle
      } else {
        throw Self.unknown(
          line: first.number,
          words.hasPrefix("CCSDS_OEM_VERS")
            ? "the file is an ephemeris (OEM), not element sets" : "the file holds no element set")
      }
    }
  }

  private static func unknown(line: Int, _ message: String) -> ElementSetProblem {
    ElementSetProblem(
      line: line, message: message,
      cure: "give a TLE file, or an OMM file in CSV, JSON, XML or KVN")
  }
}
