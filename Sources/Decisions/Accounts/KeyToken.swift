import Digests

/// A key as its holder has it: `pgk_ID_SECRET`.
///
/// The id, 8 digits of Crockford's base 32, is no secret: lists and logs name the key by it. The secret is
/// 32 such digits, 160 random bits, and 4 that check the rest, so that a mistyped key is told from a
/// revoked one, and a scanner for leaked keys finds few false ones. Nobody keeps the whole but the holder.
public struct KeyToken: Sendable, Equatable {
  /// What the node keeps of it.
  public let digest: Digest
  /// The key's id.
  public let id: String
  /// The whole token. Shown once, and never again.
  public let text: String

  /// What every key begins with.
  public static let prefix = "pgk_"
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let idDigits = 8
  private static let secretDigits = 32
  private static let checkDigits = 4

  /// A new key of `id`, or of an id that is drawn too.
  public init(id: String? = nil, using random: inout some RandomNumberGenerator) {
    self.id = id ?? Self.draw(Self.idDigits, using: &random)
    let body = "\(Self.prefix)\(self.id)_\(Self.draw(Self.secretDigits, using: &random))"
    text = body + Self.check(body[...])
    digest = Digest(of: text.utf8)
  }

  /// Reads a token; `nil` where it is none of this node's kind, or mistyped.
  public init?(_ text: Substring) {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "pgk", parts[1].utf8.count == Self.idDigits,
      parts[2].utf8.count == Self.secretDigits + Self.checkDigits,
      parts[1].utf8.allSatisfy(Self.digits.contains),
      parts[2].utf8.allSatisfy(Self.digits.contains),
      text.suffix(Self.checkDigits) == Self.check(text.dropLast(Self.checkDigits))
    else { return nil }
    id = String(parts[1])
    self.text = String(text)
    digest = Digest(of: text.utf8)
  }

  private static func draw(_ count: Int, using random: inout some RandomNumberGenerator) -> String {
    // 256 is a multiple of 32: every digit is as likely as any other.
    String(
      decoding: (0..<count).map { _ in digits[Int(random.next() as UInt8) & 31] }, as: UTF8.self)
  }

  private static func check(_ body: Substring) -> String {
    let word = Digest(of: body.utf8).words.0
    let bytes = (0..<checkDigits).map { digits[Int(word >> (5 * UInt64($0)) & 31)] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
