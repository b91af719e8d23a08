import Foundation
import NIOHTTP1

/// A backend that behaves as the model named in the request says, for the SDK's scripts.
enum ModelBackend {
  typealias Step = MockBackend.Step

  static let models = [
    "echo", "tools", "endless", "broken", "broken-first", "limited", "failing", "bad", "embed",
    "mirror",
  ]

  /// The same where the backend speaks nothing but chat, knows embeddings as numbers only, and has a
  /// tokenizer that counts words.
  static func respondInChat(_ request: MockBackend.Request) -> [Step] {
    switch request.head.uri {
    case "/v1/chat/completions": return respond(request)
    case "/v1/embeddings": return embeddings([:])
    case "/tokenize":
      let json = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
      let words = (json?["content"] as? String ?? "").split(separator: " ")
      return Script.response(serialised(["tokens": words.indices.map { $0 }]))
    default: return error("404 Not Found", "invalid_request_error")
    }
  }

  static func respond(_ request: MockBackend.Request) -> [Step] {
    let json = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
    let stream = json?["stream"] as? Bool ?? false
    switch json?["model"] as? String {
    case "echo": return echo(text(of: json ?? [:]), stream: stream)
    case "mirror": return echo(request.text, stream: stream)
    case "tools": return tools(stream: stream)
    case "endless": return stream ? Script.stream(2000, gapMs: 10) : Script.hang
    case "broken": return Script.brokenStream(3, .reset)
    case "broken-first": return [Script.streamHead, .wait(milliseconds: 10), .reset]
    case "limited":
      return error("429 Too Many Requests", "rate_limit_error", headers: ["retry-after: 1"])
    case "failing": return error("500 Internal Server Error", "server_error")
    case "bad": return error("400 Bad Request", "invalid_request_error")
    case "embed": return embeddings(json ?? [:])
    default: return error("404 Not Found", "invalid_request_error")
    }
  }

  private static func text(of json: [String: Any]) -> String {
    if let prompt = json["prompt"] as? String { return prompt }
    let messages = json["messages"] as? [[String: Any]] ?? []
    return messages.last?["content"] as? String ?? ""
  }

  private static func serialised(_ value: Any) -> String {
    let data = try? JSONSerialization.data(withJSONObject: value, options: .sortedKeys)
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// A text, in one piece or a character at a time.
  private static func echo(_ text: String, stream: Bool) -> [Step] {
    let usage: [String: Any] = [
      "prompt_tokens": 5, "completion_tokens": text.unicodeScalars.count,
      "total_tokens": 5 + text.unicodeScalars.count,
    ]
    guard stream else {
      let message: [String: Any] = ["role": "assistant", "content": text]
      let choice: [String: Any] = [
        "index": 0, "message": message, "text": text, "finish_reason": "stop",
      ]
      return Script.response(
        serialised([
          "id": "c1", "object": "chat.completion", "created": 1, "model": "echo",
          "choices": [choice], "usage": usage,
        ]))
    }
    let chunks = text.map { chunk(["content": String($0)]) }
    let last = serialised([
      "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "echo",
      "choices": [Any](), "usage": usage,
    ])
    return [Script.streamHead] + ([chunk(["role": "assistant"])] + chunks)
      + [Script.chunk("data: \(last)\n\ndata: [DONE]\n\n"), Script.lastChunk]
  }

  private static func chunk(_ delta: [String: Any]) -> Step {
    let choice: [String: Any] = ["index": 0, "delta": delta]
    let json = serialised([
      "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "echo",
      "choices": [choice],
    ])
    return Script.chunk("data: \(json)\n\n")
  }

  private static func tools(stream: Bool) -> [Step] {
    func call(_ fields: [String: Any]) -> [String: Any] {
      ["tool_calls": [["index": 0] as [String: Any]].map { $0.merging(fields) { $1 } }]
    }
    let function: [String: Any] = ["name": "pass_of", "arguments": "{\"satellite\":\"ISS 🛰️\"}"]
    let whole: [String: Any] = ["id": "call_1", "type": "function", "function": function]
    guard stream else {
      let message: [String: Any] = [
        "role": "assistant", "content": NSNull(), "tool_calls": [whole],
      ]
      let choice: [String: Any] = [
        "index": 0, "message": message, "finish_reason": "tool_calls",
      ]
      return Script.response(
        serialised([
          "id": "c1", "object": "chat.completion", "created": 1, "model": "tools",
          "choices": [choice],
        ]))
    }
    let first: [String: Any] = [
      "id": "call_1", "type": "function", "function": ["name": "pass_of", "arguments": ""],
    ]
    let pieces = ["{\"satellite\":", "\"ISS 🛰️\"}"].map { piece in
      chunk(call(["function": ["arguments": piece]]))
    }
    return [Script.streamHead, chunk(call(first))] + pieces
      + [Script.chunk("data: [DONE]\n\n"), Script.lastChunk]
  }

  /// Two fixed vectors, in base64 where that is asked for.
  private static func embeddings(_ json: [String: Any]) -> [Step] {
    let vectors: [[Float]] = [[0.5, -1.25], [2, 3]]
    let data = vectors.enumerated().map { index, vector -> [String: Any] in
      let bytes = vector.withUnsafeBufferPointer { Data(buffer: $0) }
      let embedding: Any =
        json["encoding_format"] as? String == "base64" ? bytes.base64EncodedString() : vector
      return ["object": "embedding", "index": index, "embedding": embedding]
    }
    return Script.response(
      serialised([
        "object": "list", "data": data, "model": "embed",
        "usage": ["prompt_tokens": 4, "total_tokens": 4],
      ]))
  }

  private static func error(
    _ status: String, _ type: String, headers: [String] = []
  ) -> [Step] {
    let body = serialised([
      "error": ["message": "told so", "type": type, "param": "top_p", "code": "because"]
    ])
    return Script.response(body, status: status, headers: headers)
  }
}
