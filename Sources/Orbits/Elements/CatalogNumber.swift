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

  private static let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
}
