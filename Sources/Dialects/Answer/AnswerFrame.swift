/// What an answer says of itself whatever the model says.
public struct AnswerFrame: Sendable, Equatable {
  /// The answer's id, without the prefix that each family has of its own.
  public var id: String
  /// The model's name, as the client knows it.
  public var model: String
  /// When the answer began, seconds since 1970.
  public var createdSeconds: Int
  /// Whether a chat stream tells the usage at its end.
  public var wantsUsage: Bool
  /// Whether what the model thinks is passed on.
  public var wantsReasoning: Bool
  /// The request's fields, which a response repeats.
  public var request: JSONObject

  /// Creates a frame.
  public init(
    id: String, model: String, createdSeconds: Int, wantsUsage: Bool = false,
    wantsReasoning: Bool = true, request: JSONObject = [:]
  ) {
    self.id = id
    self.model = model
    self.createdSeconds = createdSeconds
    self.wantsUsage = wantsUsage
    self.wantsReasoning = wantsReasoning
    self.request = request
  }
}

/// An answer that its reader cannot make sense of.
public struct UnreadableAnswer: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with it.
  public var detail: String

  /// Creates an error.
  public init(_ detail: String) { self.detail = detail }

  /// What is wrong with it.
  public var description: String { detail }
}

/// Server-sent events (WHATWG HTML, "Server-sent events").
package enum ServerSentEvent {
  /// Adds an event with a name.
  package static func write(_ name: String, _ data: JSONValue, to out: inout [UInt8]) {
    out += "event: \(name)\n".utf8
    write(data, to: &out)
  }

  /// Adds an event without a name.
  package static func write(_ data: JSONValue, to out: inout [UInt8]) {
    out += "data: ".utf8
    data.write(to: &out)
    out += "\n\n".utf8
  }
}
