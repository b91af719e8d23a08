/// One step of an answer, apart from the family in which it comes: the hub between families.
///
/// A whole answer is the same events at once. ``end`` is the last one of a complete answer; ``failed``
/// the last one of a broken one.
public enum AnswerEvent: Sendable, Equatable {
  /// More text.
  case text(String)
  /// More of what the model thinks.
  case reasoning(String)
  /// More of the words in which the model declines.
  case refusal(String)
  /// A tool call begins; `index` counts them from 0.
  case toolCall(index: Int, id: String, name: String)
  /// More of a tool call's arguments.
  case toolArguments(index: Int, String)
  /// The model is done.
  case finish(FinishReason)
  /// What was counted. Later counts replace earlier ones.
  case usage(AnswerUsage)
  /// The answer is complete.
  case end
  /// The answer cannot be completed.
  case failed(AnswerError)
}

/// Why a model stopped.
public enum FinishReason: Sendable, Equatable {
  /// It had said everything.
  case stop
  /// It came to this one of the texts that end an answer.
  case stopSequence(String)
  /// It ran out of the tokens it was given.
  case length
  /// It wants tools called.
  case toolCalls
  /// It was not allowed to go on.
  case contentFilter
}

/// Tokens of a request, as the backend counted them. No count is negative or beyond ``mostTokens``, whatever
/// the backend says, so that sums of counts neither shrink nor overflow.
public struct AnswerUsage: Sendable, Equatable {
  /// Tokens of the prompt, cached ones included.
  public var input: Int { didSet { input = Self.believed(input) } }
  /// Tokens of the answer, reasoning included.
  public var output: Int { didSet { output = Self.believed(output) } }
  /// Tokens of the prompt that came from a cache, where the backend says so.
  public var cachedInput: Int? { didSet { cachedInput = cachedInput.map(Self.believed) } }
  /// Tokens of the prompt that were written to a cache, where the backend says so.
  public var cacheWrites: Int? { didSet { cacheWrites = cacheWrites.map(Self.believed) } }
  /// Tokens of the answer that were spent on thinking, where the backend says so.
  public var reasoning: Int? { didSet { reasoning = reasoning.map(Self.believed) } }

  /// More than any model reads or writes: a backend that counts more is not believed.
  public static let mostTokens = 1 << 31

  /// Creates a count, each part of at most ``mostTokens``.
  public init(
    input: Int, output: Int, cachedInput: Int? = nil, cacheWrites: Int? = nil,
    reasoning: Int? = nil
  ) {
    self.input = Self.believed(input)
    self.output = Self.believed(output)
    self.cachedInput = cachedInput.map(Self.believed)
    self.cacheWrites = cacheWrites.map(Self.believed)
    self.reasoning = reasoning.map(Self.believed)
  }

  private static func believed(_ count: Int) -> Int { min(max(0, count), mostTokens) }
}

/// What a backend or the gateway says went wrong.
public struct AnswerError: Sendable, Equatable {
  /// What went wrong and what to do about it.
  public var message: String
  /// The family's own word for its kind, such as `invalid_request_error`, where there is one.
  public var type: String?
  /// A word for programs, such as `context_length_exceeded`, where there is one.
  public var code: String?
  /// The field at fault, where there is one.
  public var param: String?

  /// Creates an error.
  public init(
    message: String, type: String? = nil, code: String? = nil, param: String? = nil
  ) {
    self.message = message
    self.type = type
    self.code = code
    self.param = param
  }
}
