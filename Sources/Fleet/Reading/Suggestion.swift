/// "Did you mean" for a word that is not one of those known.
package enum Suggestion {
  /// The known word nearest to `word`, where it is near enough to be a slip of the fingers.
  static func nearest(to word: String, among known: [String]) -> String? {
    let lowered = word.lowercased()
    let ranked = known.map { (word: $0, distance: distance(lowered, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, min(lowered.count, best.word.count) / 3) ? best.word : nil
  }

  /// A cure that names the nearest known word, or all of them where they are few.
  package static func cure(for word: String, among known: [String], otherwise: String) -> String {
    if let nearest = nearest(to: word, among: known) { return "Did you mean `\(nearest)`?" }
    guard !known.isEmpty else { return otherwise }
    let shown = known.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    let more = known.count > 12 ? " and \(known.count - 12) more" : ""
    return "Known here: \(shown)\(more)."
  }

  /// The edit distance in which a transposition counts once (optimal string alignment).
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars.prefix(64))
    let b = Array(b.unicodeScalars.prefix(64))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        row[j] = min(
          last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
