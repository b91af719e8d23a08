/// A request for a stream of a response, changed into one whose answer is made in the background and kept:
/// `background`, `store` and `stream` are true, and the rest is as it was, byte for byte (OpenAI API
/// reference, "Background mode").
///
/// What is kept can be asked for again after any event, with `starting_after`.
public struct BackgroundRequest: Sendable {
  /// Whether the request asked for an answer that is made in the background already.
  public private(set) var wasInBackground = false
  /// Whether the request left it to the backend to keep the answer, as it does where nothing is said.
  public private(set) var wasStored = true
  private var edits = Edits()
  private let length: Int

  /// Reads a request for a response.
  ///
  /// - Parameter model: The name to ask for, where it is another one.
  package init(_ body: UnsafeRawBufferPointer, model: String?) throws(JSONFault) {
    length = body.count
    var scanner = JSONScanner(body)
    var missing: Set<String> = ["background", "store", "stream"]
    try scanner.enterObject()
    let start = scanner.position
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let place = scanner.position
      let first = scanner.byte
      let name = scanner.value(of: key)
      try scanner.skipValue(depth: 1)
      let range = place..<scanner.position
      if name == "model", let model { edits.replace(range, with: JSONValue.string(model).bytes) }
      if name == "background" { wasInBackground = first == UInt8(ascii: "t") }
      if name == "store" { wasStored = first != UInt8(ascii: "f") }
      if missing.remove(name) != nil, first != UInt8(ascii: "t") {
        edits.replace(range, with: Array("true".utf8))
      }
    }
    try scanner.finish()
    // The body names a model, so something follows.
    for name in missing.sorted() { edits.insert(Array("\"\(name)\":true,".utf8), at: start) }
  }

  /// The body: pieces of the original and new ones.
  public var pieces: [Piece] { edits.pieces(of: length) }
}
