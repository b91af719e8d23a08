/// One chunk of a chat completions or completions stream, as far as it matters for going on after it.
///
/// Ranges are places in the text that was scanned; values stay where they are.
struct ChunkScan {
  /// What was counted so far, where a chunk says so.
  struct Usage: Equatable {
    var prompt: (value: Int, place: Range<Int>)?
    var completion: (value: Int, place: Range<Int>)?
    var total: Range<Int>?

    static func == (a: Usage, b: Usage) -> Bool {
      a.prompt?.value == b.prompt?.value && a.completion?.value == b.completion?.value
    }
  }

  /// A string in quotes.
  struct Text {
    var token: JSONScanner.Token
    /// Its place, quotes included.
    var place: Range<Int>
  }

  /// The values of `id`, `created` and `model`.
  var id: Range<Int>?
  var created: Range<Int>?
  var model: Range<Int>?
  var usage: Usage?
  /// How many choices it carries.
  var choices = 0
  /// The text that it adds, if it is not empty.
  var text: Text?
  /// The member `role` with one of its commas.
  var role: Range<Int>?
  /// Whether it says why the answer ends.
  var finishes = false
  /// Whether it is an error.
  var isError = false
  /// What it holds beyond text.
  var obstacle: Obstacle?
  /// Where the object's closing brace is.
  var end = 0

  /// Whether it counts the whole answer: in a chunk of its own, or with the reason for the end.
  var isLastCount: Bool { usage != nil && (choices == 0 || finishes) }

  /// Reads a chunk.
  init(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let start = scanner.position
      if scanner.matches(key, "choices") {
        try readChoices(&scanner)
      } else if scanner.matches(key, "usage"), scanner.byte == UInt8(ascii: "{") {
        usage = try Self.usage(&scanner)
      } else if scanner.matches(key, "error") {
        isError = scanner.byte != UInt8(ascii: "n")
        try scanner.skipValue(depth: 1)
      } else {
        try scanner.skipValue(depth: 1)
        if scanner.matches(key, "id") { id = start..<scanner.position }
        if scanner.matches(key, "created") { created = start..<scanner.position }
        if scanner.matches(key, "model") { model = start..<scanner.position }
      }
    }
    end = scanner.position - 1
    try scanner.finish()
  }

  private static func usage(_ scanner: inout JSONScanner) throws(JSONFault) -> Usage {
    var usage = Usage()
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let start = scanner.position
      let value = try scanner.integer()
      let place = start..<scanner.position
      if scanner.matches(key, "total_tokens") { usage.total = place }
      guard let value else { continue }
      if scanner.matches(key, "prompt_tokens") { usage.prompt = (value, place) }
      if scanner.matches(key, "completion_tokens") { usage.completion = (value, place) }
    }
    return usage
  }

  private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONFault) {
    guard scanner.byte == UInt8(ascii: "[") else { return try scanner.skipValue(depth: 1) }
    scanner.position += 1
    var isFirst = true
    while try scanner.nextElement(&isFirst) {
      choices += 1
      if scanner.byte == UInt8(ascii: "{") {
        try readChoice(&scanner)
      } else {
        try scanner.skipValue(depth: 2)
      }
    }
    if choices > 1 { obstacle = .severalAnswers }
  }

  private mutating func readChoice(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "delta"), scanner.byte == UInt8(ascii: "{") {
        try readDelta(&scanner)
      } else if scanner.matches(key, "text"), scanner.byte == UInt8(ascii: "\"") {
        try readText(&scanner)
      } else if scanner.matches(key, "finish_reason") {
        finishes = scanner.byte != UInt8(ascii: "n")
        try scanner.skipValue(depth: 3)
      } else if scanner.matches(key, "index") {
        if try scanner.integer() != 0 { obstacle = .severalAnswers }
      } else {
        let isEmpty = try scanner.skipEmptyValue(depth: 3)
        if !isEmpty, scanner.matches(key, "logprobs") { obstacle = .holds("logprobs") }
      }
    }
  }

  private mutating func readDelta(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    var previous = scanner.position
    while true {
      let isOnly = isFirst
      guard let key = try scanner.nextKey(&isFirst) else { break }
      if scanner.matches(key, "content"), scanner.byte == UInt8(ascii: "\"") {
        try readText(&scanner)
      } else if scanner.matches(key, "role") {
        try scanner.skipValue(depth: 4)
        role = scanner.member(after: previous, isFirst: isOnly)
      } else if try !scanner.skipEmptyValue(depth: 4) {
        obstacle = .holds(scanner.value(of: key))
      }
      previous = scanner.position
    }
  }

  private mutating func readText(_ scanner: inout JSONScanner) throws(JSONFault) {
    let start = scanner.position
    let token = try scanner.string()
    if !token.content.isEmpty { text = Text(token: token, place: start..<scanner.position) }
  }
}

extension JSONScanner {
  /// Passes a value; true for `null`, `""`, `[]` and `{}`.
  fileprivate mutating func skipEmptyValue(depth: Int) throws(JSONFault) -> Bool {
    let start = position
    try skipValue(depth: depth)
    switch text[start] {
    case UInt8(ascii: "n"): return true
    case UInt8(ascii: "\""): return position - start == 2
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      return text[start + 1..<position - 1].allSatisfy {
        $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09
      }
    default: return false
    }
  }

  /// The place of the member whose value has just been passed, with the comma before it, or the one
  /// after it where it is the first; `start` is the end of what stands before the member.
  fileprivate func member(after start: Int, isFirst: Bool) -> Range<Int> {
    guard isFirst else { return start..<position }
    var rest = self
    rest.skipWhitespace()
    return start..<(rest.byte == UInt8(ascii: ",") ? rest.position + 1 : position)
  }
}
