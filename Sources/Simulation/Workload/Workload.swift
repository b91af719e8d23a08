/// What a simulation asks of a fleet: requests, how backends serve them, and what breaks meanwhile.
public struct Workload: Sendable, Equatable {
  /// Where the requests come from.
  public enum Source: Sendable, Equatable {
    /// Drawn from an arrival process and the kinds of requests it mixes.
    case drawn(ArrivalProcess, kinds: [RequestKind])
    /// Taken from a recording.
    case recorded([RecordedRequest])
  }

  /// The workload's name, for reports.
  public var name: String
  /// Where the requests come from.
  public var source: Source
  /// How each backend serves, by its name; those left out serve by ``ServiceLaw/standard``.
  public var services: [String: ServiceLaw]
  /// What breaks.
  public var faults: [DeclaredFault]
  /// The share of each uplink's capacity that traffic other than requests takes, 0 to 1.
  public var backgroundLoad: [String: Double]

  /// Creates a workload.
  public init(
    name: String, source: Source, services: [String: ServiceLaw] = [:],
    faults: [DeclaredFault] = [], backgroundLoad: [String: Double] = [:]
  ) {
    self.name = name
    self.source = source
    self.services = services
    self.faults = faults
    self.backgroundLoad = backgroundLoad
  }

  /// The most requests of one simulation.
  public static let requestLimit = 5_000_000

  /// At most so many requests arrive in `seconds`; every one of them is held in memory.
  public func mostRequests(seconds: Double) -> Int {
    switch source {
    case .drawn(let process, _): Int(process.perDay * (seconds / 86_400).rounded(.up))
    case .recorded(let requests): requests.count
    }
  }
}

/// One kind of request in a mix.
public struct RequestKind: Sendable, Equatable {
  /// The kind's name, for people.
  public var name: String
  /// Its weight among all kinds.
  public var share: Double
  /// The model that it asks for.
  public var model: String
  /// The share of its requests that ask for a stream, 0 to 1.
  public var streamShare: Double
  /// Tokens of the prompt.
  public var prompt: Law
  /// Tokens of the answer.
  public var answer: Law
  /// How long the client waits, seconds.
  public var deadlineSeconds: Double

  /// Creates a kind.
  public init(
    name: String, share: Double = 1, model: String, streamShare: Double = 1, prompt: Law,
    answer: Law, deadlineSeconds: Double = 60
  ) {
    self.name = name
    self.share = share
    self.model = model
    self.streamShare = streamShare
    self.prompt = prompt
    self.answer = answer
    self.deadlineSeconds = deadlineSeconds
  }
}

/// One request of a recording.
public struct RecordedRequest: Sendable, Equatable {
  /// When it arrives, seconds after the simulation's start.
  public var offsetSeconds: Double
  /// The model that it asks for.
  public var model: String
  /// Tokens of the prompt.
  public var promptTokens: Int
  /// Tokens of the answer.
  public var answerTokens: Int
  /// Whether it asks for a stream.
  public var stream: Bool
  /// How long the client waits, seconds.
  public var deadlineSeconds: Double

  /// Creates a request.
  public init(
    offsetSeconds: Double, model: String, promptTokens: Int, answerTokens: Int, stream: Bool,
    deadlineSeconds: Double
  ) {
    self.offsetSeconds = offsetSeconds
    self.model = model
    self.promptTokens = promptTokens
    self.answerTokens = answerTokens
    self.stream = stream
    self.deadlineSeconds = deadlineSeconds
  }
}

/// How a backend serves: time to the first token by the prompt's length, time for each further one.
///
/// A request waits for one of `concurrency` places, first come, first served, and holds it to the end of
/// its answer. Its first token takes the overhead, the prompt at the prefill rate, and one token's time.
public struct ServiceLaw: Sendable, Equatable {
  /// Time before the prompt is looked at, milliseconds.
  public var overheadMs: Double
  /// Tokens of a prompt that are read in a second.
  public var prefillTokensPerSecond: Double
  /// Time per output token (TPOT), milliseconds.
  public var perTokenMs: Double
  /// Requests that are served at a time.
  public var concurrency: Int
  /// How much the times of two like requests differ: the standard deviation of their logarithm.
  public var variation: Double
  /// Whether connections are kept after an answer.
  public var keepsConnections: Bool

  /// A small data-centre accelerator behind a batching server.
  public static let standard = ServiceLaw(
    overheadMs: 20, prefillTokensPerSecond: 5_000, perTokenMs: 20, concurrency: 16,
    variation: 0.15, keepsConnections: true)

  /// Creates a law.
  public init(
    overheadMs: Double, prefillTokensPerSecond: Double, perTokenMs: Double, concurrency: Int,
    variation: Double, keepsConnections: Bool
  ) {
    self.overheadMs = overheadMs
    self.prefillTokensPerSecond = prefillTokensPerSecond
    self.perTokenMs = perTokenMs
    self.concurrency = concurrency
    self.variation = variation
    self.keepsConnections = keepsConnections
  }
}

/// Something that breaks for a while, and how often.
public struct DeclaredFault: Sendable, Equatable {
  /// What breaks.
  public enum Subject: Sendable, Hashable {
    /// A backend's process: connections are refused, those that stand are reset.
    case backend(String)
    /// A backend's answers: each that it begins meanwhile ends by mischief.
    case answers(of: String, Mischief)
    /// A link: packets vanish, which no forecast knew.
    case uplink(String)
  }

  /// When it breaks.
  public enum Schedule: Sendable, Equatable {
    /// Once, for so long, seconds from the simulation's start.
    case once(atSeconds: Double, forSeconds: Double)
    /// Again and again: exponentially distributed times of working and of being broken, with these
    /// means in seconds.
    case every(meanSeconds: Double, forMeanSeconds: Double)
  }

  /// What breaks.
  public var subject: Subject
  /// When.
  public var schedule: Schedule

  /// Creates a fault.
  public init(subject: Subject, schedule: Schedule) {
    self.subject = subject
    self.schedule = schedule
  }
}
