/// Why an answer whose stream broke can't be continued honestly.
public enum Obstacle: Error, Sendable, Hashable, CustomStringConvertible {
  /// The request is none that this room knows how to continue; it names what is missing or odd.
  case request(String)
  /// The request asks for something that does not survive a seam: the field's name.
  case asked(String)
  /// The answer holds something other than text: the field's name.
  case holds(String)
  /// Several answers come at once.
  case severalAnswers
  /// An event that went to the client can't be read.
  case unreadableEvent
  /// The text so far is no Unicode text.
  case notText
  /// The text so far is longer than what is kept.
  case tooLong
  /// The backend began the answer anew instead of going on with it.
  case startsOver

  /// The reason, to stand after "because".
  public var description: String {
    switch self {
    case .request(let what): "the request \(what)"
    case .asked(let field): "the request asks for `\(field)`, which can't be continued"
    case .holds(let field): "the answer holds `\(field)`, which can't be continued"
    case .severalAnswers: "several answers come at once"
    case .unreadableEvent: "an event can't be read"
    case .notText: "the text so far ends within a character"
    case .tooLong: "the text so far is too long to be kept"
    case .startsOver: "the backend began anew instead of going on"
    }
  }
}
