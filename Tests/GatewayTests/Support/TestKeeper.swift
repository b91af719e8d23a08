import Decisions
import Digests
import Fleet
import Gateway
import Orbits
import Synchronization

/// Keys, prices and a real ledger, without a database.
final class TestKeeper: AccountKeeper {
  struct Memory {
    var ledger = Ledger()
    var used: [(path: PathID, usage: Usage)] = []
    var refusals: [AccessRefusal] = []
    var settled = 0
  }

  private let callers: [Digest: Caller]
  private let pathPrice: PathPrice?
  private let memory: Mutex<Memory>

  init(_ grants: [String: KeyGrant], price: PathPrice? = nil) {
    var memory = Memory()
    for (name, grant) in grants { memory.ledger.open(name, grant) }
    self.memory = Mutex(memory)
    pathPrice = price
    callers = Dictionary(
      uniqueKeysWithValues: grants.map { name, grant in
        (Digest(of: "key-\(name)".utf8), Caller(id: name, name: name, grant: grant))
      })
  }

  /// What it was told so far.
  var told: Memory { memory.withLock { $0 } }

  var asksForKeys: Bool { !callers.isEmpty }

  func caller(showing key: Substring, at time: UTC) -> Result<Caller, KeyRefusal> {
    if key == "key-expired" { return .failure(.expired) }
    return callers[Digest(of: key.utf8)].map { .success($0) } ?? .failure(.unknown)
  }

  func price(of path: PathID, model: String) -> PathPrice? { pathPrice }

  func admit(_ caller: Caller, _ estimate: Estimate, at time: UTC) -> Admittance {
    memory.withLock { $0.ledger.admit(caller.id, estimate, at: time) }
  }

  func settle(
    _ caller: Caller, _ estimate: Estimate, used: [(path: PathID, usage: Usage)], at time: UTC
  ) {
    memory.withLock { memory in
      memory.ledger.settle(caller.id, estimate, used: used, at: time)
      memory.used += used
      memory.settled += 1
    }
  }

  func standings(of caller: Caller, at time: UTC) -> [LimitStanding] {
    memory.withLock { $0.ledger.account(caller.id ?? "")?.standings(at: time) ?? [] }
  }

  func refused(_ refusal: AccessRefusal) { memory.withLock { $0.refusals.append(refusal) } }
}
