/// The place where a continuation's text meets the text so far, until it is clear how they fit.
///
/// The backend was given the text without the white space at its end, since templates drop that. So a
/// continuation may begin with white space, or the other half of a character, that was sent already.
/// A backend that can't continue begins its answer anew: with the beginning of the text so far.
struct Seam: Sendable {
  /// How the two fit.
  enum Fit: Equatable {
    /// More has to come first.
    case undecided
    /// They fit after `dropped` bytes of the continuation, which begins with the second half of a
    /// character where `low` says so: its bytes are among the dropped.
    case fits(dropped: Int, low: UInt16?)
    /// A sequence that ends the answer lies across the seam.
    case stops
    /// They don't.
    case unfit(Obstacle)
  }

  /// So many equal bytes at the beginning tell that an answer began anew. Where a seam falls before a
  /// repetition this errs on the side of an error; fewer would let wrong text through.
  static let sameBytes = 16

  private let before: [UInt8]
  private let half: UInt16?
  private let trimmedCount: Int
  private let stops: [[UInt8]]
  /// The continuation's text so far.
  var text = SentText()

  /// Prepares for what follows `sent`.
  init(after sent: SentText, stops: [[UInt8]]) {
    before = sent.utf8
    half = sent.half
    trimmedCount = Space.trimmedCount(sent.utf8)
    self.stops = stops
  }

  /// What is sent back to the backend: the text so far without the white space at its end.
  var given: ArraySlice<UInt8> { before[..<trimmedCount] }

  /// Looks at what has come of the continuation; `isWhole` if nothing will follow.
  func fit(isWhole: Bool) -> Fit {
    if text.isBroken { return .unfit(.notText) }
    let new = text.utf8
    if !isWhole, text.half != nil || new.isEmpty { return .undecided }
    switch startsOver(new, isWhole) {
    case .some(true): return .unfit(.startsOver)
    case .none: return .undecided
    case .some(false): break
    }
    let space = before[trimmedCount...]
    let dropped = Self.whole(Self.common(space, new), in: new)
    if half == nil, dropped == new.count, dropped < space.count, !isWhole { return .undecided }
    guard let half else { return stopsAcross(new[dropped...], isWhole, dropped) }
    return complete(half, new, after: dropped, isWhole)
  }

  /// Whether the continuation begins as the text so far does; `nil` while it may.
  private func startsOver(_ new: [UInt8], _ isWhole: Bool) -> Bool? {
    let old = Self.withoutLeadingSpace(given)
    if old.isEmpty { return false }
    let begun = Self.withoutLeadingSpace(new[...])
    let same = Self.common(old, begun)
    if same >= min(old.count, Self.sameBytes) { return true }
    return same == begun.count && !isWhole ? nil : false
  }

  /// The second half of a character whose first half was sent.
  private func complete(
    _ high: UInt16, _ new: [UInt8], after dropped: Int, _ isWhole: Bool
  ) -> Fit {
    guard dropped == before.count - trimmedCount else { return .unfit(.notText) }
    let next = String(decoding: new[dropped...].prefix(4), as: UTF8.self).unicodeScalars.first
    guard let next else { return isWhole ? .unfit(.notText) : .undecided }
    let units = Array(String(next).utf16)
    guard units.count == 2, units[0] == high else { return .unfit(.notText) }
    return .fits(dropped: dropped + 4, low: units[1])
  }

  /// Looks for an end sequence whose first bytes were sent and whose last ones come now.
  private func stopsAcross(_ new: ArraySlice<UInt8>, _ isWhole: Bool, _ dropped: Int) -> Fit {
    var isOpen = false
    for stop in stops {
      for sent in stride(from: min(stop.count - 1, before.count), to: 0, by: -1)
      where before.suffix(sent).elementsEqual(stop[..<sent]) {
        let missing = stop[sent...]
        if new.starts(with: missing) { return .stops }
        if missing.starts(with: new) { isOpen = true }
      }
    }
    return isOpen && !isWhole ? .undecided : .fits(dropped: dropped, low: nil)
  }

  private static func common(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
    zip(a, b).prefix { $0 == $1 }.count
  }

  /// At most `count` bytes that end where a character does.
  private static func whole(_ count: Int, in text: [UInt8]) -> Int {
    var end = count
    while end > 0, end < text.count, text[end] & 0xc0 == 0x80 { end -= 1 }
    return end
  }

  private static func withoutLeadingSpace(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.drop { $0 == 0x20 || (0x09...0x0d).contains($0) }
  }
}
