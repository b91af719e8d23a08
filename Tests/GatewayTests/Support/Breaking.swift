import Foundation
import Synchronization
import TestSupport

@testable import Gateway

/// Backends whose streams of one answer break off, and that go on with it.
enum Breaking {
  typealias Step = MockBackend.Step

  /// A pair of surrogates in two tokens, bytes and escapes of all kinds, white space at a token's end and
  /// alone, an empty token.
  static let model = FixedModel(tokens: [
    "On \\u00e9", " \\ud83d", "\\ude80 \\n", "", "日",
  ])

  /// The bytes of a response, a chunk for each event.
  static func bytes(_ events: [String]) -> [UInt8] {
    let head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    let chunks = events.map { String($0.utf8.count, radix: 16) + "\r\n" + $0 + "\r\n" }
    return Array((head + chunks.joined() + "0\r\n\r\n").utf8)
  }

  /// Backends that break off the first answer to each `case` of a request after as many bytes, and give
  /// the whole one, or the rest of it, to whoever asks again.
  final class Pair: Sendable {
    private let seen = Mutex<Set<Int>>([])
    let later: FixedModel

    init(later: FixedModel) { self.later = later }

    func respond(_ request: MockBackend.Request) -> [Step] {
      let json = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
      let cut = json?["case"] as? Int ?? .max
      let isFirst = seen.withLock { $0.insert(cut).inserted }
      guard isFirst else {
        return [.writeBytes(Breaking.bytes(later.stream(for: request.body)))]
      }
      let whole = Breaking.bytes(Breaking.model.stream(for: request.body))
      return [.writeBytes(Array(whole.prefix(cut))), cut % 2 == 0 ? .reset : .close]
    }
  }

  static func body(_ cut: Int, usage: Bool = true, _ more: String = "") -> String {
    "{\"model\":\"test-model\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],"
      + "\"stream\":true,\"case\":\(cut)"
      + (usage ? ",\"stream_options\":{\"include_usage\":true}" : "") + more + "}"
  }

  static func router(_ backends: [MockBackend]) -> TestRouter {
    TestRouter(
      backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) },
      continuing: ["b0", "b1"])
  }
}
