import Decisions
import NIOHTTP1

/// An error that the gateway itself answers, before it takes an API family's shape.
struct APIError: Error, Equatable {
  /// The status.
  var status: HTTPResponseStatus
  /// What went wrong and what to do about it.
  var message: String
  /// The fault, for metrics.
  var fault: Fault
  /// OpenAI's `code`; the fault's name where there is no established one.
  var code: String
  /// The field that is wrong.
  var param: String?
  /// When to come again, seconds.
  var retryAfter: Int?
  /// The same in milliseconds, where it is known that well.
  var retryAfterMs: Int?
  /// For 405: the methods there are.
  var allow: String?
  /// How far the caller's limits are used up.
  var standings: [LimitStanding] = []
  /// Whether the connection cannot be used any more.
  var closes = false

  /// The longest that SDKs stay away before they ask again by themselves, seconds.
  private static let longestRetry = 120

  init(
    _ status: HTTPResponseStatus, _ fault: Fault, _ message: String, code: String? = nil,
    param: String? = nil, retryAfter: Int? = nil, allow: String? = nil, closes: Bool = false
  ) {
    self.status = status
    self.message = message
    self.fault = fault
    self.code = code ?? fault.rawValue
    self.param = param
    self.retryAfter = retryAfter
    self.allow = allow
    self.closes = closes
  }
}

extension APIError {
  /// What a flawed body is answered with.
  init(_ flaw: InferenceBody.Flaw) {
    switch flaw {
    case .notJSON(let fault, let line):
      self.init(
        .badRequest, .callerInvalidRequest,
        "The body is not the JSON object that this endpoint takes: \(fault) (line \(line)). "
          + "Send one JSON object, in UTF-8.", code: "invalid_json")
    case .noModel:
      self.init(
        .badRequest, .callerInvalidRequest,
        "The field 'model' is missing. Name one of the models that GET /v1/models lists.",
        code: "missing_required_parameter", param: "model")
    case .wrongType(let field, let expected):
      self.init(
        .badRequest, .callerInvalidRequest,
        "The field '\(field)' has the wrong type: it must be \(expected).",
        code: "invalid_type", param: field)
    case .duplicate(let field):
      self.init(
        .badRequest, .callerInvalidRequest,
        "The field '\(field)' is there twice. Send it once.", code: "duplicate_parameter",
        param: field)
    }
  }

  /// For a model that nobody serves.
  static func unknownModel(_ model: String, available: [ModelEntry]) -> APIError {
    let names = available.prefix(20).map(\.id).joined(separator: ", ")
    let more = available.count > 20 ? ", and more (GET /v1/models)" : ""
    let choice = available.isEmpty ? "No model is available." : "Available: \(names)\(more)."
    return APIError(
      .notFound, .callerUnknownModel,
      "The model `\(model.prefix(200))` does not exist or you do not have access to it. \(choice)",
      code: "model_not_found", param: "model")
  }

  /// For a body beyond the limit.
  static func tooLarge(limit: Int) -> APIError {
    APIError(
      .payloadTooLarge, .callerTooLarge,
      "The body is larger than \(limit) bytes, the most this gateway takes. Send a shorter prompt, "
        + "or smaller images.", code: "request_too_large", closes: true)
  }

  /// For a gateway that has all it can bear.
  static let overloaded = APIError(
    .serviceUnavailable, .ownOverloaded,
    "The gateway has as many requests under way as it may. Try again in a second.", retryAfter: 1)

  /// For a request that comes while the gateway is shutting down.
  static let shuttingDown = APIError(
    .serviceUnavailable, .ownShutdown,
    "The gateway is shutting down. Try again in a second.", retryAfter: 1, closes: true)
}

extension APIError {
  /// When to come again, as SDKs read it.
  func retryFields(_ seconds: Int) -> HeaderFields {
    var fields = [("retry-after", String(seconds))]
    if let retryAfterMs { fields.append(("retry-after-ms", String(retryAfterMs))) }
    // Who is to come back later than anybody waits need not try at all.
    if seconds > Self.longestRetry {
      fields.append(("x-should-retry", "false"))
    } else if retryAfterMs != nil {
      fields.append(("x-should-retry", "true"))
    }
    return fields
  }
}
