import Decisions

/// What a backend whose process runs does to the answers that it begins, instead of giving them whole.
public enum Mischief: String, Sendable, CaseIterable {
  /// It answers with an error status.
  case refuse
  /// It closes its side of the connection without a word.
  case halfClose = "half-close"
  /// It falls silent, before the first token or after some, and keeps the connection.
  case stall
  /// It resets the connection, before the first token or after some.
  case reset
  /// It ends the answer as if it were whole, before the first token or after some.
  case truncate
  /// It sends what is neither an event nor JSON, before the first token or after some.
  case corrupt

  /// What the gateway finds; `nil` for silence, which only time tells.
  var fault: Fault? {
    switch self {
    case .refuse: .providerError
    case .halfClose, .truncate: .providerTruncated
    case .stall: nil
    case .reset: .linkReset
    case .corrupt: .providerBadAnswer
    }
  }

  /// How many of an answer's tokens come before it: never all.
  func tokens(of total: Int, _ random: inout RandomStream) -> Int {
    switch self {
    case .refuse, .halfClose: 0
    case .stall, .reset, .truncate, .corrupt:
      min(total - 1, Int(random.unit() * Double(total)))
    }
  }
}
