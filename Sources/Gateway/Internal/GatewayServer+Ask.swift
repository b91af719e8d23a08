import Decisions
import Fleet
import NIOCore
import NIOHTTP1
import Orbits

extension GatewayServer: InferenceAsking {
  /// Runs a request through the same exchange as a client's, without a connection. A gateway that does
  /// not run answers 503.
  public func ask(_ request: InternalRequest) async -> InternalAnswer {
    guard let loop = anyLoop() else { return Self.notRunning }
    let asked = NIOLoopBoundBox.makeEmptyBox(
      valueType: AskSink.self, eventLoop: loop.eventLoop)
    return await withTaskCancellationHandler {
      let answer = loop.eventLoop.flatSubmit {
        let promise = loop.eventLoop.makePromise(of: InternalAnswer.self)
        let id = loop.value.nextID()
        let sink = AskSink(loop: loop.value, id: id, answered: promise)
        asked.value = sink
        sink.ask(request, id: id)
        return promise.futureResult
      }
      return (try? await answer.get()) ?? Self.notRunning
    } onCancel: {
      loop.eventLoop.execute { asked.value?.leave() }
    }
  }

  /// What the router would decide about a request that came now.
  public func outlook(model: String, endpoint: String, bytes: Int) -> RoutingDecision {
    let arrival = now()
    // No request begins, so that there is none to grow the budget for hedges and retries.
    return router.decideAgain(
      RequestFacts(
        id: "outlook", endpoint: endpoint, model: model, stream: false, bytes: bytes,
        arrival: arrival, deadline: arrival + configuration.timeouts.deadline))
  }

  private static let notRunning = InternalAnswer(
    request: "", status: 503, body: ByteSequence(ByteBuffer()), fault: .ownShutdown,
    retryAfter: .seconds(1))
}

extension AskSink {
  fileprivate func ask(_ request: InternalRequest, id: String) {
    guard let inference = Route.Inference(rawValue: request.endpoint) else {
      return send(.noSuchEndpoint(request.endpoint), [])
    }
    // Nobody has looked at the key of work that was accepted long ago.
    guard request.caller.may(.inference) || request.caller.may(.batch) else {
      return send(.noLongerAllowed(request.caller), [])
    }
    begin(
      Arrival(
        id: id, inference: inference,
        headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }), body: request.body,
        patience: request.patience, caller: request.caller,
        priority: request.priority, isDeferred: request.isDeferred))
  }
}

extension APIError {
  fileprivate static func noLongerAllowed(_ caller: Caller) -> APIError {
    APIError(
      .forbidden, .policyForbidden,
      "The key '\(caller.name)' that handed this in does not exist any more, or may not ask models. "
        + "Hand it in again with another key.", code: "policy_forbidden")
  }

  fileprivate static func noSuchEndpoint(_ path: String) -> APIError {
    APIError(
      .notFound, .callerNotFound,
      "There is no inference at \(path.prefix(200)). Use one of the paths that take a POST, such as "
        + "/v1/chat/completions.", code: "unknown_url")
  }
}
