/// Catalogue numbers as TLEs write them in five columns.
enum CatalogNumber {
  /// Reads one to nine digits, or Alpha-5: a letter for the first two digits of a six-digit number, so
  /// that `A0000` is 100000 and `Z9999` is 339999; `I` and `O` are not used (Space-Track, 2020).
  static func parse(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = trimmed(bytes)
    if let number = wholeNumber(text) { return number }
    guard text.count == 5, let letter = text.first, let tail = wholeNumber(text.dropFirst())
    else { return nil }
    guard let place = letters.firstIndex(of: letter) else { return nil }
    return (place + 10) * 10_000 + tail
  }

  /// A number in a TLE's five columns, in Alpha-5 from 100000 on; `nil` beyond 339999.
  static func fiveColumns(_ number: Int) -> String? {
    guard (0..<340_000).contains(number) else { return nil }
    let tail = String(number % (number < 100_000 ? 100_000 : 10_000))
    guard number >= 100_000 else {
      return String(repeating: "0", count: 5 - tail.utf8.count) + tail
    }
    let letter = String(decoding: [letters[number / 10_000 - 10]], as: UTF8.self)
    return letter + String(repeating: "0", count: 4 - tail.utf8.count) + tail
  }

  private static let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
}
