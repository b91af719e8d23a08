/// How urgent a request is, by the words of OpenAI's `service_tier`.
public enum Priority: Int, Sendable, Equatable, Comparable, CaseIterable {
  /// May wait for room, and for a cheap link.
  case flex
  /// Nobody has said anything: `default`, `auto`, or no tier at all.
  case standard
  /// Comes before the others.
  case priority

  /// The priority that a request's `service_tier` asks for; tiers nobody here knows are standard.
  public init(serviceTier: String?) {
    switch serviceTier {
    case "flex": self = .flex
    case "priority": self = .priority
    default: self = .standard
    }
  }

  /// The tier's name in the API.
  public var serviceTier: String {
    switch self {
    case .flex: "flex"
    case .standard: "default"
    case .priority: "priority"
    }
  }

  /// The less urgent one comes first.
  public static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
}
