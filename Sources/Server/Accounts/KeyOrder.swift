import Decisions
import Fleet
import Orbits
import Store

/// An order for a new key, in the words of the command line and of `POST /api/keys`.
public struct KeyOrder: Sendable, Codable, Equatable {
  /// What people call it.
  public var name: String
  /// What it may do; none means inference alone.
  public var scopes: [String]?
  /// The models that it may name; none means all.
  public var models: [String]?
  /// Such as `60 requests/minute`.
  public var limits: [String]?
  /// Such as `5/day`, in US dollars.
  public var budgets: [String]?
  /// The highest priority that its requests get: `flex`, `default` or `priority`.
  public var priority: String?
  /// For how long it is good; none means for good.
  public var expiresSeconds: Double?

  /// Creates an order.
  public init(
    name: String, scopes: [String]? = nil, models: [String]? = nil, limits: [String]? = nil,
    budgets: [String]? = nil, priority: String? = nil, expiresSeconds: Double? = nil
  ) {
    self.name = name
    self.scopes = scopes
    self.models = models
    self.limits = limits
    self.budgets = budgets
    self.priority = priority
    self.expiresSeconds = expiresSeconds
  }

  /// Why an order cannot be carried out.
  public struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and the cure.
    public var description: String
  }

  /// Limits and budgets that one key may have.
  static let mostRules = 32
  /// Models that one key may name.
  static let mostModels = 1_000

  /// The key that is ordered, and the token to give to its holder.
  func key(
    at time: UTC, using random: inout some RandomNumberGenerator
  ) throws(Mistake) -> (key: AccessKey, token: KeyToken) {
    let isName =
      (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    guard isName, name.first != " ", name.last != " " else {
      throw Mistake(
        description: "the name must be 1 to 64 printable ASCII characters: write --name app-1")
    }
    let grant = try grant()
    let token = KeyToken(using: &random)
    let expires = try expiry(from: time)
    return (
      AccessKey(
        id: token.id, name: name, digest: token.digest, grant: grant, created: time,
        expires: expires), token
    )
  }

  private func grant() throws(Mistake) -> KeyGrant {
    guard (limits ?? []).count + (budgets ?? []).count <= Self.mostRules,
      (models ?? []).count <= Self.mostModels
    else {
      throw Mistake(description: "more than \(Self.mostRules) limits or \(Self.mostModels) models")
    }
    for model in models ?? [] where !(1...200).contains(model.utf8.count) || model.contains("\n") {
      throw Mistake(description: "'\(model.prefix(40))' cannot be a model's name")
    }
    return KeyGrant(
      scopes: Set(
        try read(
          scopes ?? ["inference"], "a scope",
          KeyScope.allCases.map(\.rawValue).joined(separator: ", ")
        ) { KeyScope(rawValue: $0) }),
      models: models.map { Set($0) },
      limits: try read(limits, "a limit", "60 requests/minute, 100000 tokens/hour or 500 MB/day") {
        RateLimit($0)
      },
      budgets: try read(budgets, "a budget", "5/day, 100/month or 1000/total, in US dollars") {
        Budget($0)
      },
      maxPriority: try read(priority.map { [$0] }, "a priority", "flex, default or priority") {
        ["flex", "default", "priority"].contains($0) ? Priority(serviceTier: $0) : nil
      }.first ?? .standard)
  }

  private func read<Value>(
    _ texts: [String]?, _ what: String, _ choice: String, _ parse: (String) -> Value?
  ) throws(Mistake) -> [Value] {
    var values: [Value] = []
    for text in texts ?? [] {
      guard let value = parse(text) else {
        throw Mistake(description: "'\(text.prefix(40))' is not \(what): write \(choice)")
      }
      values.append(value)
    }
    return values
  }

  private func expiry(from time: UTC) throws(Mistake) -> UTC? {
    guard let seconds = expiresSeconds else { return nil }
    guard seconds > 0, seconds <= 3_153_600_000 else {
      throw Mistake(
        description: "a key cannot be good for \(seconds) seconds: write 1 s to 100 years")
    }
    return time.adding(seconds: seconds)
  }
}
