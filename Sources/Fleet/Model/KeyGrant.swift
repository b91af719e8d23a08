/// What the holder of a key may do.
public enum KeyScope: String, Sendable, CaseIterable {
  /// Ask models.
  case inference
  /// Hand in work that is done later: batches, files, background responses.
  case batch
  /// Change the node by its control API: keys, reload.
  case admin
  /// Read the dashboard, metrics and the control API.
  case metrics
}

/// What a key allows, as it was declared: in the manifest, or when it was made.
public struct KeyGrant: Sendable, Hashable {
  /// What its holder may do.
  public var scopes: Set<KeyScope>
  /// The models that it may name; `nil` for all.
  public var models: Set<String>?
  /// How much it may use up within a period.
  public var limits: [RateLimit]
  /// How much it may cost.
  public var budgets: [Budget]
  /// The highest priority that its requests get; a higher one is lowered to it.
  public var maxPriority: Priority

  /// Everything, without a bound.
  public static let everything = KeyGrant()

  /// Creates a grant.
  public init(
    scopes: Set<KeyScope> = Set(KeyScope.allCases), models: Set<String>? = nil,
    limits: [RateLimit] = [], budgets: [Budget] = [], maxPriority: Priority = .priority
  ) {
    self.scopes = scopes
    self.models = models
    self.limits = limits
    self.budgets = budgets
    self.maxPriority = maxPriority
  }
}
