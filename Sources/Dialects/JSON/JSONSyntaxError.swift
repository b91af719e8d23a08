/// Where and why a text is not JSON, or more of it than is read.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was wrong there.
  public enum Reason: String, Sendable {
    case unexpectedEnd = "the text ends too early"
    case unexpectedByte = "no value can begin or go on here"
    case badString = "a malformed string"
    case badNumber = "a malformed number"
    case tooDeep = "nested more than 128 levels deep"
    case tooMany = "more than a million values"
    case trailingText = "text after the end of the value"
  }

  /// Bytes before the place.
  public var offset: Int
  /// What was wrong there.
  public var reason: Reason

  /// Reason and place.
  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
