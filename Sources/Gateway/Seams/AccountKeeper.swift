import Decisions
import Digests
import Fleet
import Links
import Orbits

/// What the gateway asks of the room above it about who may ask, how much, and what it costs.
///
/// Every member is called on event loops, many at once: none may block.
public protocol AccountKeeper: Sendable {
  /// Whether a client has to show a key. Without keys everybody on this machine may ask.
  var asksForKeys: Bool { get }

  /// Whose key a client shows. The key is neither kept nor repeated.
  func caller(showing key: Substring, at time: UTC) -> Result<Caller, KeyRefusal>

  /// What a path costs for a model; `nil` where nobody has said.
  func price(of path: PathID, model: String) -> PathPrice?

  /// Lets a request of `caller` in, or says what is in the way. One that is let in is followed by exactly
  /// one ``settle(_:_:used:at:)``.
  func admit(_ caller: Caller, _ estimate: Estimate, at time: UTC) -> Admittance

  /// What an admitted request used in the end, on each path.
  func settle(
    _ caller: Caller, _ estimate: Estimate, used: [(path: PathID, usage: Usage)], at time: UTC)

  /// How far the limits of `caller` are used up, the tightest of each unit; none where it has none.
  func standings(of caller: Caller, at time: UTC) -> [LimitStanding]

  /// A key was not taken, or did not allow what was asked for: for the audit log. The default does nothing.
  func refused(_ refusal: AccessRefusal)
}

extension AccountKeeper {
  /// No price is known.
  public func price(of path: PathID, model: String) -> PathPrice? { nil }

  /// Everybody is let in.
  public func admit(_ caller: Caller, _ estimate: Estimate, at time: UTC) -> Admittance {
    .admitted
  }

  /// Nothing is kept.
  public func settle(
    _ caller: Caller, _ estimate: Estimate, used: [(path: PathID, usage: Usage)], at time: UTC
  ) {}

  /// There are no limits.
  public func standings(of caller: Caller, at time: UTC) -> [LimitStanding] { [] }

  /// Does nothing.
  public func refused(_ refusal: AccessRefusal) {}
}

/// Who was turned away, when and why: what the audit log says.
public struct AccessRefusal: Sendable, Equatable {
  /// When.
  public var time: UTC
  /// The key's id, where one was shown that is known.
  public var caller: String?
  /// The request's id.
  public var request: String
  /// Why.
  public var fault: Fault
  /// The limit, budget, scope or model that was in the way; holds no secret.
  public var detail: String

  /// Creates a refusal.
  public init(time: UTC, caller: String?, request: String, fault: Fault, detail: String) {
    self.time = time
    self.caller = caller
    self.request = request
    self.fault = fault
    self.detail = detail
  }
}

/// Keys that all allow everything, and no accounts: what a gateway has that is given no keeper.
public struct PlainKeys: AccountKeeper {
  private let callers: [Digest: Caller]

  /// Takes these keys.
  public init(_ keys: [Secret]) {
    callers = Dictionary(
      keys.enumerated().map { index, key in
        let name = "key-\(index + 1)"
        return (Digest(of: key.reveal().utf8), Caller(id: name, name: name, grant: .everything))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether there are any.
  public var asksForKeys: Bool { !callers.isEmpty }

  /// Looks the key's digest up: what the time for it tells is about digests, and so about no key.
  public func caller(showing key: Substring, at time: UTC) -> Result<Caller, KeyRefusal> {
    callers[Digest(of: key.utf8)].map { .success($0) } ?? .failure(.unknown)
  }
}
