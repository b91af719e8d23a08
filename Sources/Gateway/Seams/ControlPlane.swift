import Decisions
import Fleet

/// Everything the gateway's port serves outside `/v1` and `/health`: dashboard, metrics, control API.
public protocol ControlPlane: Sendable {
  /// Answers a request. A thrown error becomes a 500 that does not show it.
  func respond(to request: ControlRequest) async throws -> ControlResponse

  /// Whether `path` (without its query) may be had without a key where the gateway asks for keys:
  /// the dashboard's static assets, which a browser loads before it can send one. The default: no.
  func isPublic(path: String) -> Bool

  /// What a key must allow for a request. The default: reading needs ``KeyScope/metrics``, changing
  /// ``KeyScope/admin``.
  func scope(method: String, path: String) -> KeyScope
}

extension ControlPlane {
  /// No path is public.
  public func isPublic(path: String) -> Bool { false }

  /// Reading or changing.
  public func scope(method: String, path: String) -> KeyScope {
    method == "GET" || method == "HEAD" ? .metrics : .admin
  }
}

/// A request to the control plane. Its host, origin and key have been checked.
public struct ControlRequest: Sendable {
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
  /// The body; at most 1 MiB.
  public var body: [UInt8]
  /// Who asks.
  public var caller: Caller

  /// Creates a request.
  public init(
    id: String, method: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], caller: Caller = .local
  ) {
    self.caller = caller
    self.id = id
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// An answer of the control plane.
public enum ControlResponse: Sendable {
  /// A complete answer. `Content-Length` is set by the gateway.
  case full(status: Int, headers: [(name: String, value: String)], body: [UInt8])
  /// An answer that goes on, such as server-sent events. Each element is written as it comes, the
  /// next one asked for once it has been written; the stream is cancelled when the client leaves or
  /// the gateway shuts down.
  case stream(status: Int, headers: [(name: String, value: String)], body: AsyncStream<[UInt8]>)
}
