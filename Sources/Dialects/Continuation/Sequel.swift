/// What can be done about an answer whose stream has broken.
public enum Sequel: Sendable {
  /// All of its text has gone out: send these events, each by its data, and the stream's end.
  case close([[UInt8]])
  /// A backend can be asked to go on.
  case ask(Continuation)
  /// Nothing but to tell the client.
  case none(Obstacle)
}

extension StreamedAnswer {
  /// What can be done about the stream of the request with this body, now that it has broken.
  public func sequel(to body: UnsafeRawBufferPointer) -> Sequel {
    let asked: AskedRequest
    do {
      asked = try AskedRequest(body, form)
    } catch {
      return .none(error)
    }
    let obstacle = obstacle ?? asked.obstacle
    if obstacle == .severalAnswers || obstacle == .unreadableEvent {
      return .none(obstacle ?? .unreadableEvent)
    }
    let isAtLimit = asked.limits.contains { $0.floor > 0 && tokens >= $0.value }
    if isFinished || (isAtLimit && obstacle == nil) {
      let events = isFinished ? [] : [endEvent("length")]
      if hasFinalUsage || !asked.wantsUsage || obstacle != nil { return .close(events) }
      return .ask(Continuation(of: self, asked, body, aim: .usage, opening: events))
    }
    if let obstacle { return .none(obstacle) }
    return .ask(Continuation(of: self, asked, body, aim: .text, opening: []))
  }

  /// The chunk that says why the answer ends.
  func endEvent(_ reason: String) -> [UInt8] {
    var json = Array("{".utf8)
    func add(_ name: String, _ value: [UInt8]?) {
      guard let value else { return }
      json += Array("\"\(name)\":".utf8) + value + [UInt8(ascii: ",")]
    }
    add("id", identity?.id)
    add("object", Array((form == .chat ? "\"chat.completion.chunk\"" : "\"text_completion\"").utf8))
    add("created", identity?.created)
    add("model", identity?.model)
    let text = form == .chat ? "\"delta\":{}" : "\"text\":\"\",\"logprobs\":null"
    let choice = "{\"index\":0,\(text),\"finish_reason\":\"\(reason)\"}"
    return json + Array("\"choices\":[\(choice)]}".utf8)
  }
}
