import Decisions
import Orbits

/// One request of a simulation, before anybody has routed it: the same for every policy.
struct PlannedRequest: Sendable, Equatable {
  var facts: RequestFacts
  var promptTokens: Int
  var answerTokens: Int

  /// The endpoint that simulated requests ask.
  private static let endpoint = "/v1/chat/completions"

  fileprivate init(
    number: Int, arrival: UTC, model: String, promptTokens: Int, answerTokens: Int, stream: Bool,
    deadlineSeconds: Double
  ) {
    self.promptTokens = promptTokens
    self.answerTokens = answerTokens
    facts = RequestFacts(
      id: "sim_\(number)", endpoint: Self.endpoint, model: model, stream: stream,
      bytes: Traffic.requestBytes(promptTokens: promptTokens), arrival: arrival,
      deadline: arrival.adding(seconds: deadlineSeconds))
  }
}

/// How many bytes tokens are on a link.
enum Traffic {
  /// Bytes of the event that carries one token of a stream, as chat completions write it.
  static let eventBytes = 230
  /// Bytes of header fields and of the JSON around a prompt or an answer.
  static let envelopeBytes = 400

  static func requestBytes(promptTokens: Int) -> Int {
    envelopeBytes + promptTokens * RequestFacts.bytesPerToken
  }

  /// An answer, or the part of it that holds `tokens`; its envelope comes first.
  static func answerBytes(tokens: Int, stream: Bool, isFirst: Bool) -> Int {
    (isFirst ? envelopeBytes : 0) + tokens * (stream ? eventBytes : RequestFacts.bytesPerToken)
  }
}

extension Workload {
  /// The most tokens that a prompt or an answer has.
  static let tokenLimit = 1_000_000

  /// The requests of `seconds` from `start` on, by arrival.
  func requests(from start: UTC, seconds: Double, seed: UInt64) -> [PlannedRequest] {
    switch source {
    case .drawn(let process, let kinds):
      let dayNanoseconds: Int64 = 86_400_000_000_000
      let ofDay = start.nanosecondsSince1970 % dayNanoseconds
      let startSecond = Double(ofDay < 0 ? ofDay + dayNanoseconds : ofDay) / 1e9
      let offsets = process.arrivals(startSecond: startSecond, seconds: seconds, seed: seed)
      return offsets.enumerated().map { number, offset in
        draw(
          number: number,
          arrival: UTC(nanosecondsSince1970: start.nanosecondsSince1970 + offset), kinds: kinds,
          seed: seed)
      }
    case .recorded(let recorded):
      return recorded.filter { $0.offsetSeconds < seconds }
        .enumerated().sorted {
          ($0.element.offsetSeconds, $0.offset) < ($1.element.offsetSeconds, $1.offset)
        }
        .enumerated().map { number, entry in
          let one = entry.element
          return PlannedRequest(
            number: number, arrival: start.adding(seconds: one.offsetSeconds), model: one.model,
            promptTokens: one.promptTokens, answerTokens: one.answerTokens, stream: one.stream,
            deadlineSeconds: one.deadlineSeconds)
        }
    }
  }

  private func draw(
    number: Int, arrival: UTC, kinds: [RequestKind], seed: UInt64
  ) -> PlannedRequest {
    var random = RandomStream(seed: seed, RandomStream.key("request"), UInt64(number))
    var left = random.unit() * kinds.reduce(0) { $0 + $1.share }
    var kind = kinds[kinds.count - 1]
    for candidate in kinds {
      if left < candidate.share {
        kind = candidate
        break
      }
      left -= candidate.share
    }
    let stream = random.unit() < kind.streamShare
    return PlannedRequest(
      number: number, arrival: arrival, model: kind.model,
      promptTokens: kind.prompt.drawWhole(in: 1...Self.tokenLimit, &random),
      answerTokens: kind.answer.drawWhole(in: 1...Self.tokenLimit, &random), stream: stream,
      deadlineSeconds: kind.deadlineSeconds)
  }
}
