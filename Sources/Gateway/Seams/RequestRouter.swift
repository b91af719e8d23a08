import Decisions
import Dialects
import Fleet
import Links
import Orbits

/// What the gateway asks of the room above it: which way a request goes, and who wants to know
/// what became of it.
///
/// Every member is called on event loops, many at once: none may block.
public protocol RequestRouter: Sendable {
  /// Who may go to a backend now, and who waits.
  var places: any PlaceKeeper { get }

  /// The models that can be asked for, for `/v1/models`.
  var models: [ModelEntry] { get }

  /// Whether some backend serves `model`, up or not. The default looks through ``models``.
  func serves(model: String) -> Bool

  /// The ways a request could go, best first. An empty ranking is answered with 503.
  func decide(_ facts: RequestFacts) -> RoutingDecision

  /// The ways a request that was decided before could go now. The default decides as if it were new.
  func decideAgain(_ facts: RequestFacts) -> RoutingDecision

  /// Where to connect for `path`: the backend, or an emulator that stands before it. `nil` when the
  /// path is gone; the next candidate is then tried.
  func endpoint(for path: PathID) -> Endpoint?

  /// The name that `backend` knows `model` by; `nil` when it is the same.
  func upstreamModelName(_ model: String, backend: String) -> String?

  /// What `backend` can do for an answer whose stream broke. The default: nothing.
  func resumption(of backend: String) -> Resumption

  /// Whether `backend` can be asked to count a stream of chat. The default: yes.
  func countsStreams(backend: String) -> Bool

  /// The families of API that `backend` speaks, the one preferred for translations first. The default:
  /// chat and older completions, as almost every model server does.
  func families(of backend: String) -> [Family]

  /// An attempt over `path` is over, and its place is free.
  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome)

  /// Bytes went over the link of `path` that no request is billed for: a connection that was opened to be
  /// ready and found no use, the end of one. The default does nothing.
  func unbilled(_ path: PathID, bytesUp: Int, bytesDown: Int)

  /// A request that was routed is over: answered, failed or abandoned. Called once each.
  func requestEnded(_ record: RequestRecord)

  /// Requests have ended in this turn of an event loop, and their answers have been handed to the system:
  /// the time for what nobody waits for. The default does nothing.
  func turnEnded()

  /// Whether a second copy of a request may go out over `path` now. Spends from the budget of extra
  /// requests: ask only when about to send it. The default: yes.
  func mayHedge(_ path: PathID) -> Bool

  /// Whether a request that failed may be tried again over `path`. Spends from the budget of retries: ask
  /// only when about to. The default: yes.
  func mayRetry(_ path: PathID) -> Bool

  /// Whether the link that `path` leads over is known to be down now, whatever is known of the backend
  /// behind it. The default: no.
  func isDown(_ path: PathID) -> Bool

  /// A request was refused before it was routed. The default does nothing.
  func requestRefused(_ refusal: Refusal)
}

extension RequestRouter {
  /// Decides as if it were new.
  public func decideAgain(_ facts: RequestFacts) -> RoutingDecision { decide(facts) }

  /// Almost every one does.
  public func countsStreams(backend: String) -> Bool { true }

  /// Chat and older completions.
  public func families(of backend: String) -> [Family] { [.chat, .completions] }

  /// Looks through ``models``.
  public func serves(model: String) -> Bool { models.contains { $0.id == model } }

  /// Spends nothing: always.
  public func mayHedge(_ path: PathID) -> Bool { true }

  /// Spends nothing: always.
  public func mayRetry(_ path: PathID) -> Bool { true }

  /// Knows of no link that is down.
  public func isDown(_ path: PathID) -> Bool { false }

  /// Does nothing.
  public func unbilled(_ path: PathID, bytesUp: Int, bytesDown: Int) {}

  /// Nothing.
  public func resumption(of backend: String) -> Resumption { .no }

  /// Does nothing.
  public func turnEnded() {}

  /// Does nothing.
  public func requestRefused(_ refusal: Refusal) {}
}

/// A model that clients can name.
public struct ModelEntry: Sendable, Equatable {
  /// The name that clients use.
  public var id: String
  /// When the model was made, or first seen here.
  public var created: UTC
  /// Who offers it, such as the backend's name.
  public var ownedBy: String

  /// Creates an entry.
  public init(id: String, created: UTC, ownedBy: String) {
    self.id = id
    self.created = created
    self.ownedBy = ownedBy
  }
}

/// A request that was refused before it was routed.
public struct Refusal: Sendable, Equatable {
  /// The request's id, as the client saw it in `x-request-id`.
  public var request: String
  /// The API's path, such as `/v1/chat/completions`; `other` for paths that are no API, so that a
  /// metric labelled with it stays bounded.
  public var endpoint: String
  /// The status that was answered.
  public var status: Int
  /// Why.
  public var fault: Fault

  /// Creates a refusal.
  public init(request: String, endpoint: String, status: Int, fault: Fault) {
    self.request = request
    self.endpoint = endpoint
    self.status = status
    self.fault = fault
  }
}
