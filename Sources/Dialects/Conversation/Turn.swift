/// One side's say in a conversation.
public struct Turn: Sendable, Equatable {
  /// Whose it is.
  public enum Role: String, Sendable {
    /// The instructions of who runs the application.
    case system
    /// The same, in the word of newer models.
    case developer
    case user
    case assistant
    /// What tools gave.
    case tool
  }

  /// Whose it is.
  public var role: Role
  /// What was said, in order.
  public var parts: [Part]

  /// Creates a turn.
  public init(_ role: Role, _ parts: [Part]) {
    self.role = role
    self.parts = parts
  }

  /// The text of all text parts, in one piece.
  var text: String {
    parts.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }
}

/// A piece of a turn.
public enum Part: Sendable, Equatable {
  case text(String)
  case image(Image)
  case file(File)
  /// The model declined.
  case refusal(String)
  /// The model asked for a tool.
  case toolCall(ToolCall)
  /// What a tool gave.
  case toolResult(ToolResult)
}

/// A picture.
public struct Image: Sendable, Equatable {
  /// Where it is: a `data:` URL that holds it, or one to fetch it from.
  public var url: String
  /// How closely to look: `low`, `high`, `auto`.
  public var detail: String?

  /// Creates a picture.
  public init(url: String, detail: String? = nil) {
    self.url = url
    self.detail = detail
  }
}

/// A document, held by a `data:` URL.
public struct File: Sendable, Equatable {
  /// Its name.
  public var name: String?
  /// The `data:` URL.
  public var url: String

  /// Creates a document.
  public init(name: String? = nil, url: String) {
    self.name = name
    self.url = url
  }
}

/// A model's wish to have a tool called.
public struct ToolCall: Sendable, Equatable {
  /// The call's id, which its result names.
  public var id: String
  /// The tool's name.
  public var name: String
  /// The arguments, as the model wrote them: JSON if all went well.
  public var arguments: String

  /// Creates a call.
  public init(id: String, name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// What a tool gave.
public struct ToolResult: Sendable, Equatable {
  /// The id of the call.
  public var id: String
  /// Text and pictures.
  public var parts: [Part]
  /// Whether the tool failed.
  public var isError: Bool

  /// Creates a result.
  public init(id: String, parts: [Part], isError: Bool = false) {
    self.id = id
    self.parts = parts
    self.isError = isError
  }
}

/// A `data:` URL in base64 (RFC 2397): the form in which pictures travel between families.
struct DataURL: Equatable {
  /// The type of what it holds, such as `image/png`.
  var mediaType: String
  /// What it holds, in base64.
  var base64: Substring

  /// Takes `url` apart; `nil` for other URLs.
  init?(_ url: String) {
    guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return nil }
    let head = url[url.index(url.startIndex, offsetBy: 5)..<comma]
    guard head.hasSuffix(";base64") else { return nil }
    mediaType = String(head.prefix { $0 != ";" })
    base64 = url[url.index(after: comma)...]
  }

  /// The URL for what is there.
  static func make(mediaType: String, base64: String) -> String {
    "data:\(mediaType);base64,\(base64)"
  }
}
