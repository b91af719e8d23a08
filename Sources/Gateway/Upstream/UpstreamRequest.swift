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
  private static let forwarded = [
    "traceparent", "tracestate", "idempotency-key", "openai-beta",
  ]

  /// Makes the request that asks `endpoint` for what the client asked the gateway for.
  init(
    _ inference: Route.Inference, endpoint: Endpoint, body: [ByteBuffer], isStream: Bool,
    client: HTTPHeaders, id: String
  ) {
    self.body = body
    bodyBytes = body.reduce(0) { $0 + $1.readableBytes }
    let base = endpoint.basePath.isEmpty ? "/v1" : endpoint.basePath
    var headers = HTTPHeaders()
    headers.reserveCapacity(12)
    headers.add(name: "host", value: endpoint.hostHeader)
    headers.add(name: "content-type", value: "application/json")
    headers.add(name: "content-length", value: String(bodyBytes))
    headers.add(name: "accept", value: isStream ? "text/event-stream" : "application/json")
    headers.add(name: "accept-encoding", value: "identity")
    headers.add(name: "user-agent", value: "perigee")
    headers.add(name: "x-request-id", value: id)
    if let key = endpoint.authorization {
      headers.add(name: "authorization", value: "Bearer \(key.reveal())")
    }
    for (name, value) in client where name.utf8.count >= 10 {
      let lower = name.lowercased()
      if Self.forwarded.contains(lower) { headers.add(name: lower, value: value) }
    }
    head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: base + inference.suffix, headers: headers)
  }
}
