/// A request of one family on its way to a backend that speaks another, and the way back.
public struct Translation: Sendable {
  /// The family that the client asked in.
  public let family: Family
  /// The family that the backend speaks.
  public let dialect: Family
  /// The body for the backend.
  public let body: [UInt8]
  /// The names of the fields that had to be left out.
  public let dropped: [String]
  private let frame: AnswerFrame
  private let requestID: String

  /// Translates a request.
  ///
  /// - Parameters:
  ///   - body: What the client sent.
  ///   - family: The family that the client asked in.
  ///   - dialect: The family that the backend speaks; older completions cannot be written.
  ///   - upstreamModel: The name that the backend knows the model by.
  ///   - requestID: The request's id; the answer's ids are made of it.
  ///   - createdSeconds: The time, seconds since 1970.
  ///   - countsStreams: Whether the backend can be asked to count a stream of chat.
  public init(
    _ body: UnsafeRawBufferPointer, from family: Family, to dialect: Family, upstreamModel: String,
    requestID: String, createdSeconds: Int, countsStreams: Bool = true
  ) throws(Untranslatable) {
    let request: JSONObject
    do {
      guard let object = try JSONValue.parse(body).object else {
        throw JSONFault(offset: 0, reason: .expectedObject)
      }
      request = object
    } catch {
      throw Untranslatable("body", "It is not a JSON object: \(error).")
    }
    var conversation = try Conversation(request, in: family)
    frame = AnswerFrame(
      id: requestID.hasPrefix("req_") ? String(requestID.dropFirst(4)) : requestID,
      model: conversation.model, createdSeconds: createdSeconds,
      wantsUsage: conversation.wantsUsage, wantsReasoning: conversation.wantsReasoning,
      request: family == .responses ? request : [:])
    conversation.model = upstreamModel
    var translated = try conversation.request(in: dialect)
    if !countsStreams { translated.body.members.removeAll { $0.key == "stream_options" } }
    self.body = JSONValue.object(translated.body).bytes
    var names: [String] = []
    for name in translated.dropped where !names.contains(name) { names.append(name) }
    dropped = names
    self.family = family
    self.dialect = dialect
    self.requestID = requestID
  }

  /// A whole answer of the backend in the client's family, and what it counts.
  public func answer(
    _ bytes: UnsafeRawBufferPointer
  ) throws(UnreadableAnswer) -> (body: [UInt8], usage: AnswerUsage?) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(bytes)
    } catch {
      throw UnreadableAnswer("an answer that is not JSON: \(error)")
    }
    let answer = try Answer(value, in: dialect)
    return (answer.body(in: family, frame).bytes, answer.usage)
  }

  /// The body of an error that the backend answered with `status`, in the client's family; `nil` where it
  /// cannot be read.
  public func error(_ bytes: UnsafeRawBufferPointer, status: Int) -> [UInt8]? {
    guard let value = try? JSONValue.parse(bytes), let error = AnswerError(value) else {
      return nil
    }
    return error.translated(to: family, status: status)
      .body(isAnthropic: family == .messages, request: requestID).bytes
  }

  /// A reader of the backend's stream.
  public func reader() -> any StreamReader { dialect.streamReader }

  /// A writer of the client's stream.
  public func writer() -> any StreamWriter { family.streamWriter(frame, requestID: requestID) }
}

extension Conversation {
  /// Reads a request of `family`.
  public init(_ request: JSONObject, in family: Family) throws(Untranslatable) {
    switch family {
    case .chat: try self.init(chat: request)
    case .completions: try self.init(completions: request)
    case .responses: try self.init(responses: request)
    case .messages: try self.init(messages: request)
    }
  }

  /// Writes a request of `family`.
  public func request(in family: Family) throws(Untranslatable) -> TranslatedRequest {
    switch family {
    case .chat: return try chatRequest()
    case .responses: return try responsesRequest()
    case .messages: return try messagesRequest()
    case .completions:
      throw Untranslatable(
        "model", "The backend that serves this model speaks only older completions: ask in those.")
    }
  }
}

extension Answer {
  /// Reads a whole answer in `dialect`.
  public init(_ value: JSONValue, in dialect: Family) throws(UnreadableAnswer) {
    switch dialect {
    case .chat, .completions: try self.init(chat: value)
    case .responses: try self.init(responses: value)
    case .messages: try self.init(messages: value)
    }
  }

  /// The whole answer in `family`.
  public func body(in family: Family, _ frame: AnswerFrame) -> JSONValue {
    switch family {
    case .chat: chat(frame)
    case .completions: completion(frame)
    case .responses: responses(frame)
    case .messages: messages(frame)
    }
  }
}
