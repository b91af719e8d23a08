/// How long the answers to one kind of request are, and how fast they come: running means.
public struct AnswerPace: Sendable, Equatable {
  /// Tokens of an answer; 200 before any was counted.
  public private(set) var tokens = 200.0
  /// From one token to the next, milliseconds; 20 before it was measured.
  public private(set) var msPerToken = 20.0
  /// The longest silence between two events of a stream, milliseconds: believed at once, and forgotten by a
  /// twentieth with each answer; `nil` before it was measured.
  public private(set) var longestGapMs: Double?
  /// Bytes of the answer's body for each token, framing included.
  public private(set) var bytesPerToken: Double

  /// The weight of one more answer.
  private static let learningRate = 0.1
  /// What is kept of the longest silence with one more answer.
  private static let gapsKept = 0.95
  private var hasTokens = false
  private var hasPace = false

  /// The pace before anything is known: an event of a stream is some 230 bytes, a token of text four.
  public init(stream: Bool) { bytesPerToken = stream ? 230 : 5 }

  /// Takes in one whole answer.
  ///
  /// - Parameters:
  ///   - count: Its tokens.
  ///   - bytes: Bytes of its body.
  ///   - generationMs: From its first token to its last, of a stream; `nil` without one.
  ///   - longestGapMs: The longest silence between two of its events, of a stream; `nil` without one.
  public mutating func observe(
    tokens count: Int, bytes: Int, generationMs: Double?, longestGapMs gapMs: Double? = nil
  ) {
    guard count > 0 else { return }
    if let gapMs, gapMs >= 0 {
      longestGapMs = max(gapMs, (longestGapMs ?? 0) * Self.gapsKept)
    }
    tokens = hasTokens ? tokens + (Double(count) - tokens) * Self.learningRate : Double(count)
    hasTokens = true
    if bytes > 0 {
      bytesPerToken += (Double(bytes) / Double(count) - bytesPerToken) * Self.learningRate
    }
    guard let generationMs, count > 1, generationMs >= 0 else { return }
    let pace = generationMs / Double(count - 1)
    msPerToken = hasPace ? msPerToken + (pace - msPerToken) * Self.learningRate : pace
    hasPace = true
  }
}
