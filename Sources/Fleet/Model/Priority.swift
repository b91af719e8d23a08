/// Which requests go first when not all can: the classes of OpenAI's `service_tier`.
public enum Priority: String, Sendable, CaseIterable, Comparable {
  /// May wait, and is the first to be turned away.
  case flex
  /// What a request has that says nothing.
  case `default`
  /// Goes first.
  case priority

  private var rank: Int {
    switch self {
    case .flex: 0
    case .default: 1
    case .priority: 2
    }
  }

  /// Whether `a` comes after `b`.
  public static func < (a: Priority, b: Priority) -> Bool { a.rank < b.rank }
}
