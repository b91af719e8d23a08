/// How embeddings are written: as numbers, or as base64 (RFC 4648) of little-endian 32-bit floats, which
/// OpenAI's client asks for unless told otherwise.
public enum EmbeddingEncoding: Sendable {
  case floats, base64

  /// An answer with its embeddings in `wanted`; `nil` where they are already, or where it is no such answer.
  public static func recode(
    _ answer: UnsafeRawBufferPointer, as wanted: EmbeddingEncoding
  ) -> [UInt8]? {
    guard needsRecoding(answer, as: wanted),
      let value = try? JSONValue.parse(answer), var object = value.object,
      let data = value["data"]?.array
    else { return nil }
    var entries: [JSONValue] = []
    for entry in data {
      guard var members = entry.object, let embedding = entry["embedding"],
        let recoded = recode(embedding, as: wanted)
      else { return nil }
      members["embedding"] = recoded
      entries.append(.object(members))
    }
    object["data"] = .array(entries)
    return JSONValue.object(object).bytes
  }

  /// Looks at the first embedding only, without building anything.
  private static func needsRecoding(
    _ answer: UnsafeRawBufferPointer, as wanted: EmbeddingEncoding
  ) -> Bool {
    var scanner = JSONScanner(answer)
    do throws(JSONFault) {
      guard try scanner.enter("data"), scanner.byte == UInt8(ascii: "[") else { return false }
      scanner.position += 1
      scanner.skipWhitespace()
      guard scanner.byte == UInt8(ascii: "{"), try scanner.enter("embedding") else { return false }
      return scanner.byte == (wanted == .base64 ? UInt8(ascii: "[") : UInt8(ascii: "\""))
    } catch {
      return false
    }
  }

  private static func recode(_ value: JSONValue, as wanted: EmbeddingEncoding) -> JSONValue? {
    switch (wanted, value) {
    case (.base64, .array(let numbers)):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(4 * numbers.count)
      for case .number(let digits) in numbers {
        guard let float = Float(digits) else { return nil }
        withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes += $0 }
      }
      return bytes.count == 4 * numbers.count ? .string(Base64.text(bytes)) : nil
    case (.floats, .string(let text)):
      guard let bytes = Base64.bytes(text), bytes.count % 4 == 0 else { return nil }
      var numbers: [JSONValue] = []
      for start in stride(from: 0, to: bytes.count, by: 4) {
        let pattern = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
        let float = Float(bitPattern: pattern)
        guard float.isFinite else { return nil }
        numbers.append(.number("\(float)"))
      }
      return .array(numbers)
    default: return value
    }
  }
}

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = group.enumerated().reduce(UInt32(0)) {
        $0 | UInt32($1.element) << (16 - 8 * $1.offset)
      }
      for place in 0..<4 {
        out.append(
          place <= group.count ? digits[Int(word >> (18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `nil` where `text` is no base64.
  static func bytes(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    for (index, byte) in text.enumerated() {
      guard let digit = index < text.count - padding ? value(of: byte) : 0 else { return nil }
      word = word << 6 | digit
      guard index % 4 == 3 else { continue }
      for shift in [16, 8, 0] { out.append(UInt8(word >> shift & 255)) }
      word = 0
    }
    out.removeLast(padding)
    return out
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
