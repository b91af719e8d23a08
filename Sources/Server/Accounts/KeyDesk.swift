import Decisions
import Foundation
import Links
import Orbits
import Store

/// Where keys are made, looked at, revoked and rotated: on the state directory by whoever may write to
/// it, or in a running node by the holder of a key with the scope `admin`.
///
/// Either way it is the database that changes. A running node looks there once a second.
public struct KeyDesk: Sendable {
  private let store: Store
  /// Who is at the desk, for the audit log.
  private let actor: String
  private let now: @Sendable () -> UTC

  /// The actor of whoever has the state directory.
  public static let directory = "state"

  init(store: Store, actor: String, now: @escaping @Sendable () -> UTC = { SystemClock.now() }) {
    self.store = store
    self.actor = actor
    self.now = now
  }

  /// The desk of a state directory.
  ///
  /// - Throws: ``NodeError`` where there is no database that can be opened.
  public init(stateDirectory: String) throws(NodeError) {
    let options = NodeOptions(stateDirectory: stateDirectory)
    self.init(store: try options.openStore(), actor: Self.directory)
  }

  /// Makes a key. The answer holds it, this once.
  ///
  /// - Throws: ``KeyOrder/Mistake``, `KeyError`, or the database's error.
  public func create(_ order: KeyOrder) throws -> KeyReport {
    var random = SystemRandomNumberGenerator()
    let time = now()
    let (key, token) = try order.key(at: time, using: &random)
    try store.addKey(key, by: actor)
    return KeyReport(key, used: .zero, today: .zero, token: token, at: time)
  }

  /// All keys, the newest first.
  public func list() throws -> [KeyReport] {
    let used = try Used(store, at: now())
    return try store.keys().map { report($0, used) }
  }

  /// One key, by id or name.
  public func show(_ reference: String) throws -> KeyReport {
    report(try store.key(reference), try Used(store, at: now()))
  }

  /// Revokes a key for good.
  public func revoke(_ reference: String) throws -> KeyReport {
    report(try store.revokeKey(reference, by: actor, at: now()), try Used(store, at: now()))
  }

  /// Replaces a key's secret; the old one is taken for `overlap` more. The answer holds the new key, this
  /// once.
  public func rotate(_ reference: String, overlap: Duration) throws -> KeyReport {
    var random = SystemRandomNumberGenerator()
    let time = now()
    let (key, token) = try store.rotateKey(
      reference, overlap: overlap, by: actor, at: time, using: &random)
    return report(key, try Used(store, at: time), token: token)
  }

  /// The newest entries of the audit log.
  public func audit(newest count: Int) throws -> [AuditReport] {
    try store.audit(newest: count).map(AuditReport.init)
  }

  private func report(_ key: AccessKey, _ used: Used, token: KeyToken? = nil) -> KeyReport {
    KeyReport(
      key, used: used.all[key.id] ?? .zero, today: used.today[key.id] ?? .zero, token: token,
      at: used.time)
  }

  /// What each key has used until a time, altogether and on that day.
  private struct Used {
    let time: UTC
    var all: [String: Usage] = [:]
    var today: [String: Usage] = [:]

    init(_ store: Store, at time: UTC) throws {
      self.time = time
      let day = time.daysSince1970
      for (line, usage) in try store.usage(sinceDay: 0) {
        guard let account = line.account else { continue }
        all[account, default: .zero] += usage
        if line.day == day { today[account, default: .zero] += usage }
      }
    }
  }
}
