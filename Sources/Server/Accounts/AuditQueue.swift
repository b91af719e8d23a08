import Decisions
import Gateway
import Orbits
import Store

/// What is on its way into the audit log. Of refusals only the first in each minute for each caller and
/// reason, so that whoever has no key can't fill it.
struct AuditQueue: Sendable {
  private struct Reason: Hashable {
    var caller: String?
    var fault: Fault
  }

  /// Entries that may wait to be written; more are dropped.
  static let most = 1_000

  private var entries: [AuditEntry] = []
  private var minute: Int64 = .min
  private var seen: Set<Reason> = []

  mutating func add(_ entry: AuditEntry) {
    if entries.count < Self.most { entries.append(entry) }
  }

  mutating func add(_ refusal: AccessRefusal) {
    let minute = refusal.time.nanosecondsSince1970 / 60_000_000_000
    if minute != self.minute {
      self.minute = minute
      seen = []
    }
    guard seen.insert(Reason(caller: refusal.caller, fault: refusal.fault)).inserted else { return }
    let isLimit = refusal.fault == .policyRateLimited || refusal.fault == .policyBudget
    add(
      AuditEntry(
        time: refusal.time, actor: refusal.caller ?? "nobody",
        action: isLimit ? .limitHit : .accessRefused, subject: refusal.request,
        detail: refusal.detail))
  }

  mutating func take() -> [AuditEntry] {
    defer { entries = [] }
    return entries
  }
}
