import Decisions
import Fleet
import Orbits
import Store

/// A key as it is shown: never with its secret.
public struct KeyReport: Sendable, Codable, Equatable {
  /// What it has used.
  public struct Used: Sendable, Codable, Equatable {
    /// Requests.
    public var requests = 0
    /// Tokens of prompts.
    public var inputTokens = 0
    /// Those of them that backends had in their caches.
    public var cachedInputTokens = 0
    /// Tokens of answers.
    public var outputTokens = 0
    /// Bytes up the links.
    public var bytesUp = 0
    /// Bytes down the links.
    public var bytesDown = 0
    /// US dollars.
    public var costUSD = 0.0

    /// What a sum says.
    init(_ usage: Usage) {
      requests = usage.requests
      inputTokens = usage.inputTokens
      cachedInputTokens = usage.cachedInputTokens
      outputTokens = usage.outputTokens
      bytesUp = usage.bytesUp
      bytesDown = usage.bytesDown
      costUSD = usage.cost.dollars
    }
  }

  /// The part of the key that is no secret.
  public var id: String
  /// What people call it.
  public var name: String
  /// `active`, `expired` or `revoked`.
  public var status: String
  /// What it may do.
  public var scopes: [String]
  /// The models that it may name; `nil` for all.
  public var models: [String]?
  /// Its limits.
  public var limits: [String]
  /// Its budgets, in US dollars.
  public var budgets: [String]
  /// The highest priority that its requests get.
  public var priority: String
  /// When it was made.
  public var created: String
  /// When its time is over.
  public var expires: String?
  /// When it was last used.
  public var lastUsed: String?
  /// Until when the key that it has replaced is taken too.
  public var overlapUntil: String?
  /// All it has used.
  public var used: Used
  /// What it has used today, by UTC.
  public var usedToday: Used
  /// The key itself: only where it has just been made.
  public var key: String?

  init(_ key: AccessKey, used: Usage, today: Usage, token: KeyToken? = nil, at time: UTC) {
    id = key.id
    name = key.name
    status = key.status(at: time).rawValue
    scopes = key.grant.scopes.map(\.rawValue).sorted()
    models = key.grant.models?.sorted()
    limits = key.grant.limits.map(\.description)
    budgets = key.grant.budgets.map(\.description)
    priority = key.grant.maxPriority.serviceTier
    created = key.created.description
    expires = key.expires?.description
    lastUsed = key.lastUsed?.description
    overlapUntil = key.old.flatMap { $0.until > time ? $0.until.description : nil }
    self.used = Used(used)
    usedToday = Used(today)
    self.key = token?.text
  }
}

/// An entry of the audit log as it is shown.
public struct AuditReport: Sendable, Codable, Equatable {
  /// When.
  public var time: String
  /// Who.
  public var actor: String
  /// What.
  public var action: String
  /// Of what.
  public var subject: String
  /// More, in words.
  public var detail: String

  init(_ entry: AuditEntry) {
    time = entry.time.description
    actor = entry.actor
    action = entry.action.rawValue
    subject = entry.subject
    detail = entry.detail
  }
}
