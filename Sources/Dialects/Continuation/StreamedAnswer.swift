/// What of an answer's stream has gone to the client: enough to ask a backend to go on with it.
///
/// It follows chunks of chat completions and of completions, before any translation for the client:
///
/// ```swift
/// var answer = StreamedAnswer(.chat)
/// answer.follow(data)                      // of each event that went out
/// switch answer.sequel(to: body) {         // once the stream has broken
/// case .ask(var continuation): ...         // send continuation.body(model:), let the answer's events
///                                          // through continuation.receive(_:into:)
/// case .close(let events): ...             // all the text is there: send these, and the end
/// case .none(let obstacle): ...            // tell the client that the stream broke
/// }
/// ```
public struct StreamedAnswer: Sendable {
  /// The API whose chunks are followed.
  public enum Form: Sendable, Equatable {
    /// Chat completions.
    case chat
    /// Completions.
    case completions
  }

  /// The values by which all chunks of a stream are one answer, as JSON.
  struct Identity: Sendable, Equatable {
    var id: [UInt8]?
    var created: [UInt8]?
    var model: [UInt8]?
  }

  /// The API.
  public let form: Form
  /// How often the stream was continued.
  public internal(set) var seams = 0
  /// Why it can't be continued, where that is known already.
  public private(set) var obstacle: Obstacle?
  /// Whether the last event was an error instead of a part of the answer.
  public private(set) var endedInError = false
  private(set) var identity: Identity?
  private(set) var text = SentText()
  /// Tokens of the answer: as counted by the backend where its chunks say so, else chunks with text.
  private(set) var tokens = 0
  /// The same up to the last text that is not white space.
  private(set) var tokensOfTrimmed = 0
  private var trimmedCount = 0
  /// Tokens of the prompt, where a chunk has said so.
  private(set) var promptTokens: Int?
  /// Whether the reason for the answer's end has come.
  private(set) var isFinished = false
  /// Whether the whole answer has been counted.
  private(set) var hasFinalUsage = false
  private let maximumBytes: Int

  /// Follows a stream from its beginning; text beyond `maximumBytes` is not kept.
  public init(_ form: Form, maximumBytes: Int = 256 << 10) {
    self.form = form
    self.maximumBytes = maximumBytes
  }

  /// Follows the data of an event that went to the client. The last one, `[DONE]`, is none of them.
  public mutating func follow(_ data: UnsafeRawBufferPointer) { follow(data, tokens: 1) }

  /// Follows an event that carries the text of `count` tokens, if any text.
  mutating func follow(_ data: UnsafeRawBufferPointer, tokens count: Int) {
    var scanner = JSONScanner(data)
    do {
      let chunk = try ChunkScan(&scanner)
      note(chunk, scanner, count)
    } catch {
      obstacle = .unreadableEvent
    }
  }

  private mutating func note(_ chunk: ChunkScan, _ scanner: JSONScanner, _ count: Int) {
    endedInError = chunk.isError
    if chunk.isError { return }
    if identity == nil { identity = Identity(chunk, scanner.text) }
    if let obstacle = chunk.obstacle { self.obstacle = obstacle }
    if let usage = chunk.usage {
      promptTokens = usage.prompt?.value ?? promptTokens
      hasFinalUsage = chunk.isLastCount
    }
    if chunk.finishes { isFinished = true }
    let counted = chunk.usage?.completion?.value
    if let counted { tokens = counted }
    guard let added = chunk.text, obstacle == nil else { return }
    if counted == nil { tokens += count }
    text.append(added.token, of: scanner)
    if text.isBroken { obstacle = .notText }
    if text.utf8.count > maximumBytes { obstacle = .tooLong }
    if obstacle != nil { text = SentText() }
    noteTrimmed()
  }

  /// Counts on from so many tokens of the answer.
  mutating func recount(from count: Int) { tokens = count }

  /// White space alone adds nothing to what a continuation is given.
  private mutating func noteTrimmed() {
    let isTrimmed = Space.lengthOfLast(text.utf8) == 0
    let count = isTrimmed ? text.utf8.count : Space.trimmedCount(text.utf8)
    if count > trimmedCount { tokensOfTrimmed = tokens }
    trimmedCount = count
  }
}

extension StreamedAnswer.Identity {
  fileprivate init(_ chunk: ChunkScan, _ text: UnsafeRawBufferPointer) {
    id = chunk.id.map { Array(text[$0]) }
    created = chunk.created.map { Array(text[$0]) }
    model = chunk.model.map { Array(text[$0]) }
  }
}
