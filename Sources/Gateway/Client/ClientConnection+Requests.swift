import Decisions
import Fleet
import NIOCore
import NIOHTTP1
import Orbits

/// Requests, from their head to the one who answers them.
extension ClientConnection {
  private static let maximumControlBody = 1 << 20
  /// Memory set aside for a body whose length is known; more is added as it comes.
  private static let largestReservation = 1 << 20

  func receive(_ head: HTTPRequestHead) {
    state = .receiving
    closesAfterAnswer = !keepsAlive
    let route = Route(method: head.method, uri: head.uri)
    incoming = Incoming(id: loop.nextID(), head: head, route: route)
    let isBodyOnHold =
      head.version == .http1_1
      && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    do {
      try check(head, route)
    } catch {
      // Whether the body comes nevertheless is the client's choice: what comes next cannot be told.
      if isBodyOnHold { closesAfterAnswer = true }
      return refuse(error)
    }
    if isBodyOnHold {
      writeHead(.continue, [])
      flushOutgoing()
    }
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.requestHead))
    if route == .work { beginWork(head) }
  }

  private func check(_ head: HTTPRequestHead, _ route: Route) throws(APIError) {
    let isPublic =
      switch route {
      case .health: true
      case .control: loop.control.isPublic(path: head.path)
      default: false
      }
    let caller = try loop.access.caller(head.headers, isPublic: isPublic, at: loop.now())
    incoming?.caller = caller
    if let scope = route.scope { try caller.require(scope) }
    if route == .control, !isPublic {
      try caller.require(loop.control.scope(method: head.method.rawValue, path: head.path))
    }
    if loop.isDraining, route != .health { throw .shuttingDown }
    switch route {
    case .unknown: throw .unknownPath(head.uri)
    case .work where loop.work == nil: throw .unknownPath(head.uri)
    case .wrongMethod(let allow): throw .wrongMethod(head, allow: allow)
    default: break
    }
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
      length > maximumBody
    {
      throw .tooLarge(limit: maximumBody)
    }
  }

  private var maximumBody: Int {
    let limits = loop.configuration.limits
    return switch incoming?.route {
    case .inference: limits.maxBodyBytes
    case .work: limits.maxUploadBytes
    default: min(Self.maximumControlBody, limits.maxBodyBytes)
    }
  }

  func receive(_ bytes: ByteBuffer) {
    if let feed = incoming?.feed { return feedWork(bytes, to: feed) }
    guard let held = incoming?.body.readableBytes else { return }
    let count = bytes.readableBytes
    guard held + count <= maximumBody else { return refuse(.tooLarge(limit: maximumBody)) }
    guard loop.admission.admitBytes(count) else { return refuse(.overloaded) }
    incoming?.heldBytes += count
    if held == 0 {
      incoming?.body = bytes
    } else {
      if held < Self.largestReservation { incoming?.reserve(upTo: Self.largestReservation) }
      incoming?.body.writeImmutableBuffer(bytes)
    }
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.requestHead))
  }

  /// The request is complete.
  func answer() {
    guard let incoming else { return }
    state = .answering
    // An answer that has begun has set the time until which the client has to take it.
    if !hasAnswered { timer?.set(nil) }
    do {
      switch incoming.route {
      case .inference(let inference): try begin(inference, incoming)
      case .models: sendJSON(ModelList.list(loop.models(for: incoming.caller), incoming.shape))
      case .model(let id): sendJSON(try model(id, incoming.caller, incoming.shape))
      case .health: sendHealth()
      case .work: incoming.feed?.end()
      case .control, .wrongMethod, .unknown: beginControl(incoming)
      }
    } catch {
      refuse(error)
    }
  }

  private func model(
    _ id: String, _ caller: Caller, _ shape: APIShape
  ) throws(APIError) -> String {
    let models = loop.models(for: caller)
    guard let model = models.first(where: { $0.id == id }) else {
      throw .unknownModel(id, available: models)
    }
    return ModelList.entry(model, shape)
  }

  /// Whether the process lives: a node that drains is not to be killed for it. `/ready` tells the rest.
  private func sendHealth() {
    if loop.isDraining {
      sendJSON("{\"status\":\"draining\"}")
    } else {
      sendJSON("{\"status\":\"ok\"}")
    }
  }

  private func begin(_ inference: Route.Inference, _ incoming: Incoming) throws(APIError) {
    if let work = loop.work, incoming.isToBeRemembered { return beginWork(work, incoming) }
    let exchange = try loop.exchange(
      for: Arrival(
        id: incoming.id, inference: inference, headers: incoming.head.headers,
        body: incoming.body, caller: incoming.caller),
      sink: self)
    self.exchange = exchange
    exchange.begin()
  }
}

extension HTTPRequestHead {
  /// The path that is asked for, without its query. Rights are checked and answers given by this one.
  var path: String { String(uri.prefix { $0 != "?" }) }

  /// What follows the `?`; empty without one.
  var query: String { String(uri.dropFirst(path.count).dropFirst()) }
}

extension APIError {
  fileprivate static func unknownPath(_ uri: String) -> APIError {
    APIError(
      .notFound, .callerNotFound,
      "There is no \(uri.prefix(200)) here. There are /v1/chat/completions, /v1/completions, "
        + "/v1/responses, /v1/messages, /v1/embeddings and /v1/models.", code: "unknown_url")
  }

  fileprivate static func wrongMethod(_ head: HTTPRequestHead, allow: String) -> APIError {
    APIError(
      .methodNotAllowed, .callerNotFound,
      "\(head.method.rawValue) is not allowed on \(head.uri.prefix(200)): use \(allow).",
      code: "method_not_allowed", allow: allow)
  }
}
