/// The continuation of an answer whose stream broke: what to ask a backend for, and how its answer
/// joins what the client has.
///
/// The backend must go on with a message that ends the request, as llama.cpp, vLLM and SGLang do with
/// `continue_final_message`; one that begins anew is found out before its text reaches the client. Its
/// chunks come out as chunks of the first answer: same id, no second role, usage of both added up.
public struct Continuation: Sendable {
  /// What is still missing.
  enum Aim: Sendable {
    /// Text, and the rest after it.
    case text
    /// Only the count of tokens: the answer is whole.
    case usage
  }

  /// What becomes of an event.
  public enum Passage: Sendable, Equatable {
    /// Events to write, each by its data; there may be none.
    case write([[UInt8]])
    /// The same, and the answer is whole: write its end, and drop the rest.
    case end([[UInt8]])
    /// The backend's stream holds an error.
    case failed
    /// What comes can't be joined: no part of it has gone out.
    case unfit(Obstacle)
  }

  /// Events, each by its data, that go to the client before the backend is asked.
  public let opening: [[UInt8]]
  /// Whether the client has the whole text, so that only a count is lost if nobody answers.
  public var isOnlyUsage: Bool { aim == .usage }
  private let request: ContinuedRequest
  private let promptTokens: Int?
  private let givenTokens: Int
  private var aim: Aim
  /// Until it is clear how the two parts fit.
  private var seam: Seam?
  /// The last chunk with text that waits for that, and how many do.
  private var held: (chunk: [UInt8], count: Int) = ([], 0)
  private var hasBegun = false

  init(
    of answer: StreamedAnswer, _ asked: AskedRequest, _ body: UnsafeRawBufferPointer, aim: Aim,
    opening: [[UInt8]]
  ) {
    self.aim = aim
    self.opening = opening
    let seam = Seam(after: answer.text, stops: asked.stops)
    givenTokens = seam.given.isEmpty ? 0 : answer.tokensOfTrimmed
    promptTokens = answer.promptTokens
    request = ContinuedRequest(
      asked: asked, given: Array(seam.given), producedTokens: givenTokens, aim: aim,
      form: answer.form, length: body.count)
    self.seam = aim == .text ? seam : nil
  }

  /// The body that asks for the continuation, in pieces of the original one; `model` is the backend's
  /// name for the model, `nil` to keep the one there.
  public func body(model: String?) -> [Piece] { request.pieces(model: model) }

  /// Takes the data of the continuation's next event, which is not `[DONE]`. What it lets out is added to
  /// `answer`.
  public mutating func receive(
    _ data: UnsafeRawBufferPointer, into answer: inout StreamedAnswer
  ) -> Passage {
    var scanner = JSONScanner(data)
    guard let chunk = try? ChunkScan(&scanner) else { return .unfit(.unreadableEvent) }
    if chunk.isError { return .failed }
    if aim == .usage { return count(chunk, data, &answer) }
    let carriesOnlyRole =
      chunk.text == nil && !chunk.finishes && chunk.usage == nil && chunk.obstacle == nil
    if seam != nil { return join(chunk, scanner, carriesOnlyRole, &answer) }
    if carriesOnlyRole, chunk.role != nil { return .write([]) }
    return .write([pass(data, chunk, nil, &answer)])
  }

  /// Takes the end of the continuation's stream.
  public mutating func finish(into answer: inout StreamedAnswer) -> Passage {
    guard let seam else { return .end([]) }
    switch settle(seam.fit(isWhole: true), &answer) {
    case .write(let events): return .end(events)
    case let other: return other
    }
  }
}

extension Continuation {
  /// While it is not clear how the parts fit.
  private mutating func join(
    _ chunk: ChunkScan, _ scanner: JSONScanner, _ isEmpty: Bool, _ answer: inout StreamedAnswer
  ) -> Passage {
    if isEmpty { return .write([]) }
    if let text = chunk.text {
      seam?.text.append(text.token, of: scanner)
      held = (Array(scanner.text), held.count + 1)
    }
    if let obstacle = chunk.obstacle, obstacle != .holds("tool_calls") { return .unfit(obstacle) }
    let isWhole = chunk.finishes || chunk.obstacle != nil || chunk.choices == 0
    guard let fit = seam?.fit(isWhole: isWhole) else { return .write([]) }
    let passage = settle(fit, &answer)
    guard case .write(let events) = passage, seam == nil, aim == .text, chunk.text == nil else {
      return passage
    }
    return .write(events + [pass(scanner.text, chunk, nil, &answer)])
  }

  /// Lets out what was held, once it is clear that it fits.
  private mutating func settle(_ fit: Seam.Fit, _ answer: inout StreamedAnswer) -> Passage {
    switch fit {
    case .undecided: return .write([])
    case .unfit(let obstacle): return .unfit(obstacle)
    case .stops: return stop(&answer)
    case .fits(let dropped, let low):
      let text = seam?.text
      seam = nil
      guard let text, !held.chunk.isEmpty else { return .write([]) }
      var content = [UInt8(ascii: "\"")]
      if let low { content.appendEscape(low) }
      content.appendEscaped(text.utf8[dropped...])
      if let half = text.half { content.appendEscape(half) }
      content.append(UInt8(ascii: "\""))
      return .write(release(content, &answer))
    }
  }

  /// The last held chunk with the text of all of them.
  private mutating func release(
    _ content: [UInt8], _ answer: inout StreamedAnswer
  ) -> [[UInt8]] {
    let (bytes, _) = held
    return bytes.withUnsafeBytes { data in
      var scanner = JSONScanner(data)
      guard let chunk = try? ChunkScan(&scanner) else { return [] }
      if content.count == 2, !chunk.finishes { return [] }
      // White space that was sent but not given has been made again.
      answer.recount(from: givenTokens)
      return [pass(data, chunk, content, &answer)]
    }
  }

  /// The answer ends at a sequence that was asked for, within what was held.
  private mutating func stop(_ answer: inout StreamedAnswer) -> Passage {
    seam = nil
    let event = answer.endEvent("stop")
    event.withUnsafeBytes { answer.follow($0) }
    answer.seams += hasBegun ? 0 : 1
    hasBegun = true
    guard request.wantsUsage else { return .end([event]) }
    aim = .usage
    return .write([event])
  }

  /// Waits for the chunk that counts, since the text is whole.
  private mutating func count(
    _ chunk: ChunkScan, _ data: UnsafeRawBufferPointer, _ answer: inout StreamedAnswer
  ) -> Passage {
    guard chunk.usage != nil, chunk.choices == 0 else { return .write([]) }
    return .end([pass(data, chunk, nil, &answer)])
  }

  /// A chunk as one of the first answer's; `content` takes the place of its text.
  private mutating func pass(
    _ data: UnsafeRawBufferPointer, _ chunk: ChunkScan, _ content: [UInt8]?,
    _ answer: inout StreamedAnswer
  ) -> [UInt8] {
    if !hasBegun { answer.seams += 1 }
    hasBegun = true
    var edits = Edits()
    edits.replace(chunk.id, with: answer.identity?.id)
    edits.replace(chunk.created, with: answer.identity?.created)
    edits.replace(chunk.model, with: answer.identity?.model)
    edits.replace(chunk.role, with: [])
    edits.replace(chunk.text?.place, with: content)
    if let usage = chunk.usage {
      sum(usage, answer, &edits)
      if chunk.isLastCount {
        edits.insert(Array(",\"perigee\":{\"resumed\":\(answer.seams)}".utf8), at: chunk.end)
      }
    }
    let event = edits.applied(to: data)
    event.withUnsafeBytes { answer.follow($0, tokens: content == nil ? 1 : held.count) }
    return event
  }

  /// Counts the prompt once, and the answer's tokens of both parts: the text so far was part of the
  /// second request's prompt.
  private func sum(_ usage: ChunkScan.Usage, _ answer: StreamedAnswer, _ edits: inout Edits) {
    guard let second = usage.prompt else { return }
    let prompt = promptTokens ?? max(0, second.value - givenTokens)
    let completion =
      aim == .usage ? answer.tokens : givenTokens + (usage.completion?.value ?? 0)
    func number(_ value: Int) -> [UInt8] { Array(String(value).utf8) }
    edits.replace(second.place, with: number(prompt))
    edits.replace(usage.completion?.place, with: number(completion))
    edits.replace(usage.total, with: number(prompt + completion))
  }
}
