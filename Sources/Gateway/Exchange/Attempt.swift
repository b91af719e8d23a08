import Decisions
import Dialects
import Fleet
import Links
import Logging
import NIOCore
import NIOHTTP1
import Orbits

/// One try to get an answer over one path: the connection to a backend, what came over it so far, and
/// the log of it. What that means for the request is the ``Exchange``'s to decide.
///
/// It ends exactly once, by ``end(_:detail:keepsConnection:)``; nothing that its connection does after
/// that is heard.
final class Attempt {
  /// Bounds on what is held back of a stream until content comes.
  static let maximumHeldEvents = 64
  static let maximumHeldBytes = 64 << 10

  /// Its number among the request's attempts, from 0.
  let number: Int
  /// When the route of its path was to change, as forecast.
  let nextChange: UTC?
  var log: AttemptLog
  /// What the backend has answered.
  var response: UpstreamResponse
  /// How the request gets there and the answer back.
  private(set) var passage = Passage.unchanged
  /// Why the request cannot be asked of this backend, where it can't.
  private(set) var refusal: Untranslatable?
  /// The whole answer in the client's words.
  var answer = ByteBuffer()
  /// Whether that is a count of tokens that had to be estimated.
  var isEstimate = false
  /// What its backend keeps of the answer, where it was asked to.
  var kept: KeptAnswer?
  private var background: BackgroundRequest?
  /// Reads a stream that is translated.
  private var reader: (any StreamReader)?
  /// The request this is for; let go of at the end, which breaks the cycle.
  var exchange: Exchange?
  var endpoint: Endpoint?
  /// The name that the backend knows the model by.
  private var model = ""
  var connection: UpstreamConnection?
  var pending: UpstreamPool.Pending?
  /// Bytes of the answer held in memory.
  var heldBytes = 0
  /// Events that came before any content. As long as they are held, another attempt can take over.
  var startUp: [(event: SSEEvent, data: ByteBuffer?)] = []
  /// The body that was sent, in pieces.
  private(set) var sent: [ByteBuffer] = []
  /// Whether the whole request has been handed to the system.
  var isSent = false

  init(
    _ number: Int, for exchange: Exchange, over scored: RoutingDecision.Scored,
    on place: PlaceQueue.Place, isHedge: Bool
  ) {
    self.number = number
    self.exchange = exchange
    nextChange = scored.nextChange
    // The wait for the place is over.
    log = AttemptLog(
      place: place, predictedMs: scored.predictedMs.map { $0 - scored.waitMs }, isHedge: isHedge,
      started: .now())
    let limits = exchange.loop.configuration.limits
    response = UpstreamResponse(
      isStream: exchange.facts.stream, maximumBytes: limits.maxResponseBytes,
      maximumEventBytes: limits.maxEventBytes)
  }

  var path: PathID { log.path }

  /// Lets go of an answer that nobody will ask for.
  func forgetAnswer() {
    response = UpstreamResponse(isStream: false, maximumBytes: 0, maximumEventBytes: 0)
  }

  /// The API whose chunks its stream is made of; `nil` for one that can't be gone on with.
  var form: StreamedAnswer.Form? {
    switch exchange.flatMap({ passage.dialect(of: $0.request.inference) }) {
    case .chat: .chat
    case .completions: .completions
    default: nil
    }
  }

  /// Whether nothing more comes of it.
  var isOver: Bool { exchange == nil }

  /// So long after the connection stood TCP has sent again what was lost, over any link.
  private static let cutOffAfter = TimeAmount.milliseconds(1_500)

  /// Whether the request does not get through, as far as TCP can tell.
  var isCutOff: Bool {
    guard let connection, let connected = log.connected, response.head == nil,
      NIODeadline.now() - connected >= Self.cutOffAfter
    else { return false }
    return connection.isCutOff
  }

  /// Whether it failed on a kept connection that had died meanwhile, which says nothing about the path.
  func isStale(_ fault: Fault) -> Bool {
    log.reusedConnection && response.head == nil && fault == .linkReset
  }

  /// Connects, over a new connection if `fresh`; gives what is in the way of that, if anything is.
  func begin(fresh: Bool) -> UpstreamResponse.Unusable? {
    guard let exchange, let endpoint = exchange.loop.router.endpoint(for: log.path) else {
      return .init(fault: .linkNoPath, detail: "the path is gone")
    }
    let loop = exchange.loop
    self.endpoint = endpoint
    model =
      loop.router.upstreamModelName(exchange.facts.model, backend: log.path.backend)
      ?? exchange.facts.model
    log.isFollowUp = exchange.isFollowUp(over: log.path)
    if let first = log.isFollowUp ? exchange.kept?.first : exchange.resume?.first {
      passage = first.passage
    } else if let refusal = choosePassage() {
      return .init(fault: .callerUnsupported, detail: "\(refusal)")
    }
    do throws(UpstreamResponse.Unusable) {
      try hold(passage.bodyBytes)
    } catch {
      return error
    }
    if !fresh, let kept = loop.pool.takeIdle(UpstreamPool.Key(endpoint)) {
      upstreamConnected(kept)
    } else {
      pending = loop.pool.connect(to: endpoint, for: self)
    }
    return nil
  }

  func send(over connection: UpstreamConnection, to endpoint: Endpoint) {
    guard let exchange else { return }
    if log.isFollowUp, let rest = exchange.kept?.answer.rest {
      isSent = true
      return connection.send(
        UpstreamRequest(.GET, endpoint.path(below: rest), of: endpoint, isStream: true), for: self)
    }
    let request = exchange.request
    let body =
      if let resume = exchange.resume {
        withoutUsage(resume.body(model: model))
      } else {
        askedBody(request)
      }
    let upstream = UpstreamRequest(
      to: passage.path(request.inference, base: endpoint.base), of: endpoint,
      in: passage.dialect(of: request.inference), body: body, isStream: exchange.facts.stream,
      client: request.headers, id: exchange.facts.id,
      traceparent: request.trace.map { $0.header(attempt: number) },
      // Asked again over another path, it is the same answer where the backend heeds this.
      idempotencyKey: kept == nil ? nil : exchange.facts.id)
    sent = body
    isSent = upstream.bodyBytes <= UpstreamConnection.longBody
    connection.send(upstream, for: self)
  }

  /// A continuation is asked for in the first backend's words, which may ask for a count.
  private func withoutUsage(_ pieces: [ByteBuffer]) -> [ByteBuffer] {
    if countsStreams { return pieces }
    let body = ByteBuffer(joining: pieces)
    return (try? InferenceBody.scan(body))?.edited(body, model: model, usage: .withheld) ?? pieces
  }

  /// Whether the backend can be asked to count a stream.
  private var countsStreams: Bool {
    exchange?.loop.router.countsStreams(backend: log.path.backend) ?? true
  }

  private func askedBody(_ request: InferenceRequest) -> [ByteBuffer] {
    if let background { return sourceBody(request).slices(background.pieces) }
    return switch passage {
    case .unchanged:
      request.content.edited(
        request.body, model: model,
        usage: countsStreams ? (request.hidesUsage ? .asked : .unchanged) : .withheld)
    case .translated(let translation): [ByteBuffer(bytes: translation.body)]
    case .tokenized(let count): [ByteBuffer(bytes: count.body)]
    }
  }

  private func sourceBody(_ request: InferenceRequest) -> ByteBuffer {
    if case .translated(let translation) = passage { return ByteBuffer(bytes: translation.body) }
    return request.body
  }

  /// Has the answer made in the background and kept, where the backend can do that and the request loses
  /// nothing by it. False where it goes the usual way.
  private func chooseKept(_ exchange: Exchange, _ families: [Family]) -> Bool {
    let (request, router, backend) = (exchange.request, exchange.loop.router, log.path.backend)
    guard exchange.facts.stream, router.resumption(of: backend) == .background,
      let passage = request.keptPassage(
        to: families, upstreamModel: model, id: exchange.facts.id, time: exchange.facts.arrival)
    else { return false }
    self.passage = passage
    var isClients = true
    if case .translated(let translation) = passage {
      reader = translation.reader()
      isClients = false
    }
    background = sourceBody(request).withUnsafeReadableBytes {
      try? BackgroundRequest($0, model: model)
    }
    kept = background.map { KeptAnswer(backend: backend, $0, isClients: isClients) }
    return true
  }

  /// Finds the words that the backend understands; gives what cannot be said in them.
  private func choosePassage() -> Untranslatable? {
    guard let exchange else { return nil }
    let families = exchange.loop.router.families(of: log.path.backend)
    if chooseKept(exchange, families) { return nil }
    do throws(Untranslatable) {
      passage = try exchange.request.passage(
        to: families, upstreamModel: model, id: exchange.facts.id, time: exchange.facts.arrival,
        countsStreams: countsStreams)
      if case .translated(let translation) = passage { reader = translation.reader() }
      return nil
    } catch {
      refusal = error
      return error
    }
  }

  /// The steps that an event of a translated stream makes; `nil` where the stream is passed on as it is.
  func steps(of data: ByteBuffer?) throws(UpstreamResponse.Unusable) -> [AnswerEvent]? {
    guard reader != nil else { return nil }
    guard let data else { return [] }
    do throws(UnreadableAnswer) {
      return try data.withBytes { bytes throws(UnreadableAnswer) in
        try reader?.read(bytes: bytes)
      }
    } catch {
      throw .init(fault: .providerBadAnswer, detail: error.detail)
    }
  }

  /// Stops reading or goes on, so that what the client does not take stays with the backend.
  func setPaused(_ isPaused: Bool) { connection?.setPaused(isPaused) }

  /// Lets go of the connection and bills what it has carried. Whoever takes it over hears what comes.
  func letGo() -> UpstreamConnection? {
    guard let connection else { return nil }
    self.connection = nil
    let carried = connection.takeCarried()
    log.bytesUp += carried.up
    log.bytesDown += carried.down
    return connection
  }

  /// Another attempt was first: that is held against nobody.
  func lose() { end(.policyHedgeLost, detail: "another attempt was first") }

  /// It is over; `fault` and `detail` say why where it did not succeed. The connection is closed, unless
  /// the answer is there and it can be kept.
  func end(_ fault: Fault?, detail: String? = nil, keepsConnection: Bool = false) {
    guard let exchange else { return }
    self.exchange = nil
    pending?.cancel()
    pending = nil
    if let connection = letGo() {
      if keepsConnection { connection.release() } else { connection.close() }
    }
    if heldBytes > 0 { exchange.loop.admission.bytesFreed(heldBytes) }
    startUp = []
    if let fault { log.wasStale = isStale(fault) }
    log.ended = .now()
    log.fault = fault
    log.detail = detail
    if let fault {
      exchange.loop.logger.debug(
        "attempt failed",
        metadata: [
          "request": "\(exchange.facts.id)", "path": "\(log.path)", "fault": "\(fault.rawValue)",
          "detail": "\(detail ?? "")",
        ])
    }
    exchange.loop.router.attemptEnded(log.path, log.outcome)
    log.place = nil
  }
}
