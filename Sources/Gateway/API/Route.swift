import Dialects
import NIOHTTP1

/// What a method and a path ask for.
enum Route: Equatable {
  /// An endpoint that goes to a backend.
  case inference(Inference)
  /// The list of models.
  case models
  /// One model.
  case model(String)
  /// Whether the gateway is up.
  case health
  /// Files, batches, kept responses: what the work plane answers.
  case work
  /// Everything outside `/v1` and `/health`.
  case control
  /// A path that has other methods.
  case wrongMethod(allow: String)
  /// A path of the API that is not there.
  case unknown

  /// The endpoints that go to a backend.
  enum Inference: String {
    case chatCompletions = "/v1/chat/completions"
    case completions = "/v1/completions"
    case embeddings = "/v1/embeddings"
    case responses = "/v1/responses"
    case messages = "/v1/messages"
    case countTokens = "/v1/messages/count_tokens"

    /// The family it is of; `nil` for embeddings, which are of none.
    var family: Family? {
      switch self {
      case .chatCompletions: .chat
      case .completions: .completions
      case .responses: .responses
      case .messages, .countTokens: .messages
      case .embeddings: nil
      }
    }

    /// How it words its errors.
    var shape: APIShape { APIShape(family) }

    /// What comes after `/v1`, which a backend's base path may spell otherwise.
    var suffix: Substring { rawValue.dropFirst(3) }
  }

  /// Reads a request line; `uri` may carry a query.
  init(method: HTTPMethod, uri: String) {
    let path = Substring(uri.utf8.prefix { $0 != UInt8(ascii: "?") })
    // Most have no query: these need no second copy.
    let name = path.endIndex == uri.endIndex ? uri : String(path)
    if let inference = Inference(rawValue: name) {
      self = method == .POST ? .inference(inference) : .wrongMethod(allow: "POST")
    } else if path == "/health" {
      self = Self.readOnly(.health, method)
    } else if path == "/v1/models" {
      self = Self.readOnly(.models, method)
    } else if path.hasPrefix("/v1/models/"), path.utf8.count > 11 {
      self = Self.readOnly(.model(Self.percentDecoded(path.dropFirst(11))), method)
    } else if Self.isOfWork(path) {
      self = .work
    } else if path == "/v1" || path.hasPrefix("/v1/") {
      self = .unknown
    } else {
      self = .control
    }
  }

  /// The path for metrics, of which there are few.
  var label: String {
    switch self {
    case .inference(let inference): inference.rawValue
    case .models, .model: "/v1/models"
    case .health: "/health"
    case .work: "/v1/work"
    case .control, .wrongMethod, .unknown: "other"
    }
  }

  /// Whether `path` names something that is kept, or one of the collections of such things.
  private static func isOfWork(_ path: Substring) -> Bool {
    guard path.hasPrefix("/v1/") else { return false }
    let rest = path.dropFirst(4)
    return ["batches", "files", "messages/batches", "work", "responses"].contains { name in
      let isCollection = rest == name && name != "work" && name != "responses"
      return isCollection || (rest.hasPrefix(name) && rest.dropFirst(name.count).first == "/")
    }
  }

  private static func readOnly(_ route: Route, _ method: HTTPMethod) -> Route {
    method == .GET || method == .HEAD ? route : .wrongMethod(allow: "GET, HEAD")
  }

  /// Resolves `%2F` and the like; what is malformed stays as it is.
  private static func percentDecoded(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
