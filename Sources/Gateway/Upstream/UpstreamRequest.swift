import Dialects
import Links
import NIOCore
import NIOHTTP1

/// A request as it is sent to a backend.
struct UpstreamRequest {
  /// The request line and fields.
  var head: HTTPRequestHead
  /// The body, in pieces.
  var body: [ByteBuffer]
  /// The body's length, bytes.
  var bodyBytes: Int

  /// The client's fields that a backend may see. Its key is not among them.
  private static func isForwarded(_ name: String) -> Bool {
    name.isField("traceparent") || name.isField("tracestate") || name.isField("idempotency-key")
      || name.isField("openai-beta") || name.isField("anthropic-beta")
  }

  /// The version of Anthropic's API that is asked for where the client names none.
  private static let anthropicVersion = "2023-06-01"

  /// Makes the request that asks `endpoint` for what the client asked the gateway for.
  ///
  /// - Parameters:
  ///   - dialect: The family it is worded in; Anthropic's has its own fields for key and version.
  ///   - idempotencyKey: What makes it the same request if it is sent again; instead of the client's, which
  ///     other callers may use too.
  ///   - traceparent: Where this attempt stands in a trace, instead of what the client sent.
  init(
    to path: String, of endpoint: Endpoint, in dialect: Family?, body: [ByteBuffer],
    isStream: Bool, client: HTTPHeaders, id: String, traceparent: String? = nil,
    idempotencyKey: String? = nil
  ) {
    self.body = body
    bodyBytes = body.reduce(0) { $0 + $1.readableBytes }
    var fields: HeaderFields = [
      ("host", endpoint.hostHeader),
      ("content-type", "application/json"),
      ("content-length", String(bodyBytes)),
      ("accept", isStream ? "text/event-stream" : "application/json"),
      ("accept-encoding", "identity"),
      ("user-agent", "perigee"),
      ("x-request-id", id),
    ]
    if dialect == .messages {
      let version = client.first(name: "anthropic-version") ?? Self.anthropicVersion
      fields.append(("anthropic-version", version))
      if let key = endpoint.authorization { fields.append(("x-api-key", key.reveal())) }
    } else if let key = endpoint.authorization {
      fields.append(("authorization", "Bearer \(key.reveal())"))
    }
    if let traceparent { fields.append(("traceparent", traceparent)) }
    for (name, value) in client where Self.isForwarded(name) {
      if traceparent != nil, name.isField("traceparent") { continue }
      if idempotencyKey != nil, name.isField("idempotency-key") { continue }
      fields.append((name, value))
    }
    if let idempotencyKey { fields.append(("idempotency-key", idempotencyKey)) }
    head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: path, headers: HTTPHeaders(fields))
  }

  /// Makes a request of the gateway's own, without a body, about something that `endpoint` keeps.
  init(_ method: HTTPMethod, _ path: String, of endpoint: Endpoint, isStream: Bool = false) {
    body = []
    bodyBytes = 0
    var fields: HeaderFields = [
      ("host", endpoint.hostHeader),
      ("accept", isStream ? "text/event-stream" : "application/json"),
      ("accept-encoding", "identity"),
      ("user-agent", "perigee"),
    ]
    if method == .POST { fields.append(("content-length", "0")) }
    if let key = endpoint.authorization {
      fields.append(("authorization", "Bearer \(key.reveal())"))
    }
    head = HTTPRequestHead(
      version: .http1_1, method: method, uri: path, headers: HTTPHeaders(fields))
  }
}

extension Endpoint {
  /// Where the API begins.
  var base: String { basePath.isEmpty ? "/v1" : basePath }

  /// A path below where the API begins.
  func path(below path: String) -> String { base + path }
}
