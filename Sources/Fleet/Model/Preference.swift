/// What matters most when a request's way is chosen.
public enum Preference: String, Sendable, Equatable, CaseIterable {
  /// Time first, money in proportion.
  case balanced
  /// Time alone.
  case fast
  /// Money first: waits a good deal to save a little.
  case cheap
  /// What is least likely to break or to be interrupted, then time.
  case safe
}
