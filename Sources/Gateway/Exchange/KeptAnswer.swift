import Dialects
import NIOCore
import Orbits

/// An answer that its backend makes in the background and keeps: its events are numbered and can be asked
/// for again after any of them, over whatever path leads to that backend.
struct KeptAnswer {
  /// What becomes of an event.
  enum Verdict {
    /// It is the next one.
    case next
    /// The client has it.
    case known
    /// Events before it are missing.
    case afterGap
  }

  let backend: String
  /// Whether the client asked for an answer in the background: it is the client's then, who may come for it
  /// later.
  let isInBackground: Bool
  /// Whether the client left it to the backend to keep the answer.
  let isStored: Bool
  /// Its name at the backend; `nil` until the backend has told.
  private(set) var id: String?
  /// The number of the last event that went on its way to the client.
  private(set) var last: Int?

  init(backend: String, _ request: BackgroundRequest, isClients: Bool) {
    self.backend = backend
    isInBackground = isClients && request.wasInBackground
    isStored = isClients && request.wasStored
  }

  /// Looks for the name in an event that comes before any content.
  mutating func learnName(from data: ByteBuffer) {
    if id == nil { id = AnswerScan.responseID(of: data) }
  }

  /// Takes in an event that is to go to the client; one without a number can't be placed.
  mutating func take(_ data: ByteBuffer) -> Verdict? {
    guard let number = AnswerScan.sequenceNumber(of: data) else { return nil }
    if let last, number <= last { return .known }
    if let last, number > last + 1 { return .afterGap }
    last = number
    return .next
  }

  /// The path, below a backend's base, of the events that the client does not have.
  var rest: String? {
    name.map { "/responses/\($0)?stream=true" + (last.map { "&starting_after=\($0)" } ?? "") }
  }

  /// The path, below a backend's base, of the answer itself.
  var place: String? { name.map { "/responses/\($0)" } }

  /// The name, where it is one that can stand in a path: another server has made it up.
  private var name: String? {
    guard let id, !id.isEmpty, id.utf8.count <= 200, id.utf8.allSatisfy(Self.isPlain) else {
      return nil
    }
    return id
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension InferenceRequest {
  /// The way through to a backend that keeps what it answers in the background; `nil` where the request
  /// would lose something on it, and goes the usual way.
  ///
  /// - Parameter families: What the backend speaks besides.
  func keptPassage(
    to families: [Family], upstreamModel: String, id: String, time: UTC
  ) -> Passage? {
    guard let family = inference.family, inference != .countTokens, content.stream else {
      return nil
    }
    if family == .responses { return .unchanged }
    // A prompt that is gone on with is no question to be answered.
    if family == .completions, families.contains(.completions) { return nil }
    let translation = body.withUnsafeReadableBytes {
      try? Translation(
        $0, from: family, to: .responses, upstreamModel: upstreamModel, requestID: id,
        createdSeconds: Int(time.nanosecondsSince1970 / 1_000_000_000))
    }
    guard let translation, translation.dropped.isEmpty else { return nil }
    return .translated(translation)
  }
}
