@testable import Gateway

/// Answers of backends, as bytes.
enum Script {
  typealias Step = MockBackend.Step

  static let completion =
    #"{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#

  /// A complete response with `Content-Length`.
  static func response(
    _ body: String, status: String = "200 OK", type: String = "application/json",
    headers: [String] = []
  ) -> [Step] {
    let fields = (["content-type: \(type)", "content-length: \(body.utf8.count)"] + headers)
      .joined(separator: "\r\n")
    return [.write("HTTP/1.1 \(status)\r\n\(fields)\r\n\r\n\(body)")]
  }

  static let good = response(completion)

  static let streamHead: Step = .write(
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

  /// `text` as one chunk.
  static func chunk(_ text: String) -> Step {
    .write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
  }

  static let lastChunk: Step = .write("0\r\n\r\n")

  /// The event that carries token number `index`.
  static func event(_ index: Int) -> String {
    #"data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"t\#(index)"}}]}"#
      + "\n\n"
  }

  static let usageEvent =
    #"data: {"id":"c1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}"#
    + "\n\n"

  /// A good stream of `count` tokens.
  static func stream(_ count: Int, gapMs: Int64 = 0) -> [Step] {
    var steps = [streamHead]
    for index in 0..<count {
      steps.append(chunk(event(index)))
      if gapMs > 0 { steps.append(.wait(milliseconds: gapMs)) }
    }
    return steps + [chunk(usageEvent), chunk("data: [DONE]\n\n"), lastChunk]
  }

  /// The first events of a stream that then does `ending`.
  static func brokenStream(_ count: Int, _ ending: Step...) -> [Step] {
    [streamHead] + (0..<count).map { chunk(event($0)) } + [.wait(milliseconds: 20)] + ending
  }

  static let hang: [Step] = [.wait(milliseconds: 60_000), .close]
}
