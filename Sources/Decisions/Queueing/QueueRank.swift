import Fleet

/// Who goes first when a place comes free.
public enum QueueRank: Int, Sendable, Comparable, CaseIterable {
  /// Nobody waits at a connection for it: batches, and work that was told that it may wait.
  case deferred
  /// Somebody waits who has said that it may take longer.
  case flex
  /// Somebody waits.
  case standard
  /// Somebody waits who has to go first.
  case priority

  /// The rank of a request of that priority.
  public init(_ priority: Priority, isDeferred: Bool = false) {
    if isDeferred {
      self = .deferred
    } else {
      self =
        switch priority {
        case .flex: .flex
        case .standard: .standard
        case .priority: .priority
        }
    }
  }

  /// The name in metrics: `deferred`, or the tier's name in the API.
  public var name: String {
    switch self {
    case .deferred: "deferred"
    case .flex: "flex"
    case .standard: "default"
    case .priority: "priority"
    }
  }

  /// The one that waits longer comes first.
  public static func < (a: QueueRank, b: QueueRank) -> Bool { a.rawValue < b.rawValue }
}
