/// What a client asks for, apart from the API family in which it asks: the hub between families.
///
/// Only what at least two families can say has a field of its own. What else a request holds is kept:
/// in ``hints`` where its family documents it, in ``extra`` where no family is known to.
public struct Conversation: Sendable, Equatable {
  /// The model's name.
  public var model: String
  /// What has been said so far, instructions included.
  public var turns: [Turn] = []
  /// The functions that the model may call.
  public var tools: [Tool] = []
  /// Whether and which of them it has to call.
  public var toolChoice: ToolChoice?
  /// Whether it may call several at once.
  public var parallelToolCalls: Bool?
  /// The most tokens to answer with.
  public var maxTokens: Int?
  /// The sampling temperature, as it was written.
  public var temperature: JSONValue?
  /// The probability mass to sample from, as it was written.
  public var topP: JSONValue?
  /// Texts that end the answer.
  public var stop: [String] = []
  /// The form that the answer's text has to have.
  public var format: AnswerFormat?
  /// How much the model is to think before it answers: `low`, `medium`, `high` and the like.
  public var effort: String?
  /// Whether the client asked to see what the model thinks.
  public var wantsReasoning = false
  /// Who asks, where the client says so.
  public var user: String?
  /// Whether the answer is to come as a stream.
  public var isStream = false
  /// Whether a chat stream is to tell the usage at its end.
  public var wantsUsage = false
  /// Documented fields that only the client's own family has, by name.
  public var hints = JSONObject()
  /// Fields that no family is known to have. They go to every backend.
  public var extra = JSONObject()
  /// What could not be taken over and does not change what is asked, by name.
  public var dropped: [String] = []

  /// Creates a request for `model` that says nothing yet.
  public init(model: String) { self.model = model }
}

/// A function that the model may call.
public struct Tool: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// What it does.
  public var description: String?
  /// The JSON schema of its arguments.
  public var parameters: JSONValue?
  /// Whether the arguments have to follow the schema.
  public var isStrict: Bool?

  /// Creates a tool.
  public init(
    name: String, description: String? = nil, parameters: JSONValue? = nil, isStrict: Bool? = nil
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.isStrict = isStrict
  }
}

/// Whether and which tool the model has to call.
public enum ToolChoice: Sendable, Equatable {
  /// As it likes.
  case auto
  /// None.
  case none
  /// At least one.
  case required
  /// The one of this name.
  case named(String)
}

/// The form that an answer's text has to have.
public enum AnswerFormat: Sendable, Equatable {
  /// Any JSON object.
  case jsonObject
  /// JSON that follows `schema`.
  case jsonSchema(name: String, schema: JSONValue, description: String?, isStrict: Bool?)
}
