import Decisions
import Fleet
import NIOCore

/// A request for inference that the node itself asks, without a client's connection: an item of a batch,
/// or work that goes on after its client has left.
public struct InternalRequest: Sendable {
  /// The API's path, such as `/v1/chat/completions`.
  public var endpoint: String
  /// The header fields that a client would send.
  public var headers: [(name: String, value: String)]
  /// The body, JSON.
  public var body: ByteBuffer
  /// On whose account it is asked.
  public var caller: Caller
  /// Who goes first; `nil` leaves it to the body.
  public var priority: Priority?
  /// Whether nobody waits at a connection for it: it goes after all that somebody waits for.
  public var isDeferred: Bool
  /// How long the answer may take.
  public var patience: Duration

  /// Creates a request.
  public init(
    endpoint: String, headers: [(name: String, value: String)] = [], body: ByteBuffer,
    caller: Caller = .local, priority: Priority? = nil, isDeferred: Bool = false,
    patience: Duration
  ) {
    self.isDeferred = isDeferred
    self.endpoint = endpoint
    self.headers = headers
    self.body = body
    self.caller = caller
    self.priority = priority
    self.patience = patience
  }
}

/// The answer to an ``InternalRequest``, as a client would get it. Of a stream it is there once the head
/// is.
public struct InternalAnswer: Sendable {
  /// The request's id, by which `perigee explain` knows it.
  public var request: String
  /// The status.
  public var status: Int
  /// The header fields, without those that frame the body.
  public var headers: [(name: String, value: String)]
  /// The body. Reading throws ``BrokenAnswer`` where a stream ends before it is complete.
  public var body: ByteSequence
  /// Why the gateway itself refused or gave up; `nil` where a backend answered.
  public var fault: Fault?
  /// When to ask again, where the answer says so.
  public var retryAfter: Duration?
  /// What the answer holds. Whoever keeps pieces of the body of a stream has it grow by them, and keeps it for
  /// as long as them.
  public var memory: HeldMemory

  /// Creates an answer.
  public init(
    request: String, status: Int, headers: [(name: String, value: String)] = [],
    body: ByteSequence, fault: Fault? = nil, retryAfter: Duration? = nil,
    memory: HeldMemory = HeldMemory(limit: .max)
  ) {
    self.memory = memory
    self.request = request
    self.status = status
    self.headers = headers
    self.body = body
    self.fault = fault
    self.retryAfter = retryAfter
  }

  /// The value of a header field; `name` in lower case.
  public subscript(name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }
}

/// A stream that ended before it was complete.
public struct BrokenAnswer: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened.
  public var description: String { "the stream ended before it was complete" }
}

/// What answers requests that the node asks itself: the gateway, or in a test something simpler.
public protocol InferenceAsking: Sendable {
  /// Runs a request on the same way as a client's: admitted, routed, retried and recorded alike.
  /// Cancelling the task cancels the request.
  func ask(_ request: InternalRequest) async -> InternalAnswer

  /// What the router would decide about a request now: an empty ranking means that there is no way.
  func outlook(model: String, endpoint: String, bytes: Int) -> RoutingDecision
}

extension InternalRequest {
  /// Whether `path` is an API's path that asks for inference, such as `/v1/chat/completions`.
  public static func isInference(_ path: String) -> Bool { Route.Inference(rawValue: path) != nil }
}
