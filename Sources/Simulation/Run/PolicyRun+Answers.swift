import Decisions
import Orbits

/// Backends at work, and their answers on the way back.
extension PolicyRun {
  /// A stream's tokens are delivered in groups of about this long, after the first.
  private static let groupNanoseconds: Int64 = 2_000_000_000

  mutating func reachedBackend(_ job: Job, at now: UTC) {
    guard isUnderWay(job), let attempt = exchanges[job.request]?.live[job.attempt] else { return }
    // What was connected to an earlier process has been reset, or is about to be told so.
    guard backends[attempt.backend].isUp, backends[attempt.backend].life == attempt.life else {
      return
    }
    if backends[attempt.backend].admit(job) { serve(job, at: now) }
  }

  /// A place at the backend is free: the prompt is read.
  mutating func serve(_ job: Job, at now: UTC) {
    guard let exchange = exchanges[job.request], let attempt = exchange.live[job.attempt] else {
      return
    }
    var random = RandomStream(
      seed: scenario.seed, RandomStream.key("service"), UInt64(job.request), UInt64(attempt.backend)
    )
    let times = backends[attempt.backend].times(
      promptTokens: exchange.plan.promptTokens, &random)
    let mischief = scenario.mischief(of: attempt.backend, at: now)
    let total =
      mischief?.tokens(of: exchange.plan.answerTokens, &random) ?? exchange.plan.answerTokens
    exchanges[job.request]?.live[job.attempt]?.tokenNanoseconds = times.token
    exchanges[job.request]?.live[job.attempt]?.tokensMade = total
    exchanges[job.request]?.live[job.attempt]?.mischief = mischief
    let stream = exchange.plan.facts.stream
    let wait = stream ? times.first : SimulatedBackend.untilLast(of: max(1, total), times)
    // An answer that is no stream goes out at once, when it is whole.
    let event: Event =
      mischief != nil && (total == 0 || !stream)
      ? .spoil(job) : .emit(job, tokens: stream ? 1 : total, isLast: !stream || total == 1)
    events.add(event, at: Instant(nanoseconds: now.nanosecondsSince1970 + wait))
  }

  /// The backend does its mischief to an answer.
  mutating func spoil(_ job: Job, at now: UTC) {
    // Whoever falls silent keeps the place until the gateway has had enough.
    guard isUnderWay(job), let attempt = exchanges[job.request]?.live[job.attempt],
      backends[attempt.backend].life == attempt.life, let fault = attempt.mischief?.fault
    else { return }
    leave(job, backend: attempt.backend, at: now)
    guard !attempt.isStuck, let arrival = cross(job, bytes: 0, .down, at: now) else { return }
    events.add(.fails(job, fault), at: Instant(max(arrival, attempt.lastArrival)))
  }

  /// The backend has made tokens, and sends them.
  mutating func emit(_ job: Job, tokens: Int, isLast: Bool, at now: UTC) {
    guard isUnderWay(job), let exchange = exchanges[job.request],
      let attempt = exchange.live[job.attempt],
      backends[attempt.backend].life == attempt.life
    else { return }
    let stream = exchange.plan.facts.stream
    let bytes = Traffic.answerBytes(
      tokens: tokens, stream: stream, isFirst: attempt.tokensSent == 0)
    exchanges[job.request]?.live[job.attempt]?.tokensSent += tokens
    if !attempt.isStuck {
      if let arrival = cross(job, bytes: bytes, .down, at: now) {
        let inOrder = max(arrival, attempt.lastArrival)
        exchanges[job.request]?.live[job.attempt]?.lastArrival = inOrder
        let isWhole = isLast && attempt.mischief == nil
        events.add(.receive(job, tokens: tokens, isLast: isWhole), at: Instant(inOrder))
      } else {
        exchanges[job.request]?.live[job.attempt]?.isStuck = true
      }
    }
    if isLast {
      guard attempt.mischief == nil else { return spoil(job, at: now) }
      return leave(job, backend: attempt.backend, at: now)
    }
    let left = attempt.tokensMade - attempt.tokensSent - tokens
    let group = min(left, max(1, Int(Self.groupNanoseconds / max(1, attempt.tokenNanoseconds))))
    events.add(
      .emit(job, tokens: group, isLast: group == left),
      at: Instant(
        nanoseconds: now.nanosecondsSince1970 + Int64(group) * attempt.tokenNanoseconds))
  }

  /// Tokens reach the gateway, and so the client.
  mutating func receive(_ job: Job, tokens: Int, isLast: Bool, at now: UTC) {
    guard isUnderWay(job), let exchange = exchanges[job.request] else { return }
    if exchange.live[job.attempt]?.firstByte == nil {
      exchanges[job.request]?.live[job.attempt]?.firstByte = now
    }
    exchanges[job.request]?.live[job.attempt]?.tokensReceived += tokens
    if exchange.plan.facts.stream {
      if exchange.machine.winner != job.attempt {
        let action = exchanges[job.request]?.machine.receivedContent(job.attempt, at: Instant(now))
        perform(job.request, action, at: now)
      }
      _ = exchanges[job.request]?.machine.forwardEvent(job.attempt, at: Instant(now))
    } else {
      let action = exchanges[job.request]?.machine.receivedHead(
        job.attempt, isError: false, at: Instant(now))
      perform(job.request, action, at: now)
    }
    exchanges[job.request]?.delivered[job.attempt, default: 0] += tokens
    if isLast { complete(job, at: now) } else { arm(job.request) }
  }

  private mutating func complete(_ job: Job, at now: UTC) {
    guard exchanges[job.request]?.machine.finish() == true,
      let exchange = exchanges[job.request], let attempt = exchange.live[job.attempt]
    else { return }
    let path = attempt.path
    if backends[attempt.backend].law.keepsConnections,
      backends[attempt.backend].life == attempt.life
    {
      idle.keep(path, at: Instant(now))
    }
    _ = knowledge.places.giveBack(attempt.place, .answered, at: Instant(now))
    let facts = exchange.plan.facts
    _ = knowledge.observe(
      AnsweredAttempt(
        path: path,
        service: ServiceKind(
          backend: path.backend, endpoint: facts.endpoint, stream: facts.stream),
        requestBytes: facts.bytes, started: attempt.started,
        reusedConnection: attempt.reusedConnection,
        connectMs: attempt.connectMs, firstByte: attempt.firstByte, ended: now, status: 200,
        outputTokens: attempt.tokensReceived,
        bytesDown: Traffic.answerBytes(
          tokens: attempt.tokensReceived, stream: facts.stream, isFirst: true),
        place: attempt.place))
    tally.answered(exchange, by: attempt, at: now)
    onEnd?(exchange, nil, now)
    end(job.request)
  }
}
