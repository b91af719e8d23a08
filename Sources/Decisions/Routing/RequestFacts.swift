import Fleet
import Orbits

/// What is known of a request before it is routed.
public struct RequestFacts: Sendable, Equatable {
  /// Bytes of a token of text, about four characters, where nobody has counted the tokens.
  public static let bytesPerToken = 4

  /// The request's id.
  public var id: String
  /// The path that was asked for, such as `/v1/chat/completions`.
  public var endpoint: String
  /// The model the client named.
  public var model: String
  /// Whether the client asked for a stream.
  public var stream: Bool
  /// Bytes of the request, body and typical headers.
  public var bytes: Int
  /// When it arrived.
  public var arrival: UTC
  /// When the client gives up.
  public var deadline: UTC
  /// What matters most to this client (`x-perigee-prefer`); `nil`: what the fleet prefers.
  public var preference: Preference?
  /// Whether doing it twice would do harm (`x-perigee-unsafe: true`): never hedged, never tried again
  /// after bytes of it have been sent.
  public var isUnsafe: Bool
  /// The most tokens that the answer may have (`max_tokens` and its kin); `nil` where nothing says.
  public var expectedTokens: Int?
  /// How urgent it is.
  public var priority: Priority
  /// Whether nobody waits at a connection for it: it comes after all that somebody waits for.
  public var isDeferred: Bool
  /// The id of the caller's key; `nil` without one.
  public var caller: String?

  /// Creates the facts of a request.
  public init(
    id: String, endpoint: String, model: String, stream: Bool, bytes: Int, arrival: UTC,
    deadline: UTC, preference: Preference? = nil, isUnsafe: Bool = false,
    expectedTokens: Int? = nil, priority: Priority = .standard, isDeferred: Bool = false,
    caller: String? = nil
  ) {
    self.id = id
    self.endpoint = endpoint
    self.model = model
    self.stream = stream
    self.bytes = bytes
    self.arrival = arrival
    self.deadline = deadline
    self.preference = preference
    self.isUnsafe = isUnsafe
    self.expectedTokens = expectedTokens
    self.priority = priority
    self.isDeferred = isDeferred
    self.caller = caller
  }
}
