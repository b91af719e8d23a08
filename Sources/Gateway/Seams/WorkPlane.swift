import Decisions

/// Everything of `/v1` that has to be remembered: files, batches, kept responses, and requests for
/// inference that are to survive their connection.
public protocol WorkPlane: Sendable {
  /// Answers a request. A thrown ``WorkError`` is answered as it says, in the API family's shape; any
  /// other error with a 500 that does not show it.
  func respond(to request: WorkRequest) async throws -> ControlResponse
}

/// A request to the ``WorkPlane``. Its host, origin and key have been checked.
public struct WorkRequest: Sendable {
  /// The request's id, as the client sees it in `x-request-id`.
  public var id: String
  /// The method, such as `GET`. `HEAD` is turned into `GET`; the gateway drops the body.
  public var method: String
  /// The path, percent-encoded as it came.
  public var path: String
  /// What follows the `?`, percent-encoded as it came; empty without one.
  public var query: String
  /// The header fields in order, names as they came.
  public var headers: [(name: String, value: String)]
  /// The body, as it comes in; of a request for inference it is all there.
  public var body: ByteSequence
  /// Whose key was shown.
  public var caller: Caller
  /// How long the client waits for an answer.
  public var patience: Duration
  /// The scheme and authority by which the client reached the gateway, such as
  /// `http://127.0.0.1:8080`; empty where it did not say.
  public var origin: String

  /// Creates a request.
  public init(
    id: String, method: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: ByteSequence, caller: Caller = .local,
    patience: Duration = .seconds(600), origin: String = ""
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.caller = caller
    self.patience = patience
    self.origin = origin
  }

  /// The value of a header field; `name` in lower case.
  public subscript(name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }
}

/// Why a request to the ``WorkPlane`` is refused.
public struct WorkError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The status.
  public var status: Int
  /// The fault, for metrics.
  public var fault: Fault
  /// What is wrong and what to do about it.
  public var message: String
  /// OpenAI's `code`; `nil` takes the fault's name.
  public var code: String?
  /// The field that is wrong.
  public var param: String?
  /// When to come again, seconds.
  public var retryAfter: Int?

  /// Creates a refusal.
  public init(
    _ status: Int, _ fault: Fault, _ message: String, code: String? = nil, param: String? = nil,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.fault = fault
    self.message = message
    self.code = code
    self.param = param
    self.retryAfter = retryAfter
  }

  /// The message.
  public var description: String { message }
}
