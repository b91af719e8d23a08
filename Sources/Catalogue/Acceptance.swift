import Orbits

/// Tells a publisher's file of element sets from everything else that servers send.
enum Acceptance {
  /// Rejected sets beyond one in a hundred mean that the file is damaged, not a set.
  private static let rejectedShare = 100

  /// The element sets of a complete answer with status 200.
  static func parse(
    _ body: [UInt8], from source: ElementSource
  ) throws(CatalogueError) -> ParsedElementSets {
    let url = source.url
    guard !body.isEmpty else { throw .unusable(url: url, reason: "the answer is empty") }
    let start = String(decoding: body.prefix(512), as: UTF8.self).lowercased()
    if start.contains("<html") || start.contains("<!doctype html") {
      throw .unusable(url: url, reason: "a web page came, not element sets")
    }
    let parsed = ElementSet.parse(String(decoding: body, as: UTF8.self))
    let rejected = parsed.problems.filter { !$0.isWarning }
    guard !parsed.elements.isEmpty else {
      throw .unusable(url: url, reason: "no element sets came, but \"\(words(of: body))\"")
    }
    // What a broken connection cuts off is the last record.
    let lines = body.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let endsInLine = body.last == 0x0A
    let lastLine = endsInLine ? lines - 1 : lines
    if rejected.contains(where: { $0.line >= lastLine }) || (source.isGroup && !endsInLine) {
      throw .cutOff(url: url)
    }
    guard rejected.count * rejectedShare <= parsed.elements.count else {
      throw .unusable(
        url: url,
        reason: "\(rejected.count) of the sets cannot be read, the first because \(rejected[0])")
    }
    return parsed
  }

  /// The beginning of a publisher's message on one line, without control characters.
  static func words(of body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(600), as: UTF8.self)
    let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } }
    let line = words.joined(separator: " ")
    return line.count > 200 ? "\(line.prefix(200))..." : line
  }
}
