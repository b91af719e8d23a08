import Decisions
import Fleet
import NIOCore
import NIOHTTP1
import Orbits

/// A request for inference that has come in and is to be routed: a client's, or one that the node asks
/// itself.
struct Arrival {
  var id: String
  var inference: Route.Inference
  var headers: HTTPHeaders
  var body: ByteBuffer
  /// How long the answer may take; `nil` leaves it to the header fields and the configuration.
  var patience: Duration?
  /// On whose account it is asked.
  var caller: Caller
  /// Who goes first; `nil` leaves it to the body.
  var priority: Priority?
  /// Whether nobody waits at a connection for it.
  var isDeferred = false
}

extension GatewayLoop {
  private static let typicalHeaderBytes = 400

  /// Routes a request; its answer will go to `sink`. Counts against the requests under way from here on.
  func exchange(for arrival: Arrival, sink: any ClientSink) throws(APIError) -> Exchange {
    let content: InferenceBody
    do {
      content = try InferenceBody.scan(arrival.body)
    } catch {
      throw APIError(error)
    }
    let caller = arrival.caller
    guard caller.mayUse(model: content.model), router.serves(model: content.model) else {
      throw .unknownModel(content.model, available: models(for: caller))
    }
    let wishes = try RoutingWishes(arrival.headers)
    guard admission.admitRequest() else { throw .overloaded }
    let clock = ClockRelation(monotonic: .now(), utc: now())
    let patience = arrival.patience ?? patience(arrival.headers)
    let facts = RequestFacts(
      id: arrival.id, endpoint: arrival.inference.rawValue, model: content.model,
      stream: content.stream, bytes: arrival.body.readableBytes + Self.typicalHeaderBytes,
      arrival: clock.utc, deadline: clock.utc + patience, preference: wishes.preference,
      isUnsafe: wishes.isUnsafe, expectedTokens: content.maximumTokens,
      priority: min(
        arrival.priority ?? Priority(serviceTier: content.serviceTier), caller.grant.maxPriority),
      isDeferred: arrival.isDeferred, caller: caller.id)
    let request = InferenceRequest(
      inference: arrival.inference, headers: arrival.headers, body: arrival.body, content: content,
      trace: trace(arrival.headers))
    let decision = router.decide(facts)
    let account: RequestAccount
    do {
      account = try self.account(of: caller, for: facts, decision)
    } catch {
      admission.requestEnded()
      throw error
    }
    return Exchange(
      loop: self, sink: sink, request: request, facts: facts, account: account,
      decision: decision, clock: clock, deadline: clock.monotonic + TimeAmount(patience))
  }

  /// The models that a caller may name; to it, there are no others.
  func models(for caller: Caller) -> [ModelEntry] {
    let models = router.models
    return caller.grant.models == nil ? models : models.filter { caller.mayUse(model: $0.id) }
  }

  /// How long a client waits, as the SDKs say in a field of their own.
  func patience(_ headers: HTTPHeaders) -> Duration {
    for name in ["x-stainless-read-timeout", "x-stainless-timeout"] {
      if let text = headers.first(name: name), let seconds = Double(text), seconds > 0,
        seconds <= 86_400
      {
        return .seconds(seconds)
      }
    }
    return configuration.timeouts.deadline
  }
}
