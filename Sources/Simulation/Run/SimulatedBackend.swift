import Decisions

/// A backend in virtual time: places, a queue before them, and whether it runs.
struct SimulatedBackend: Sendable {
  /// One attempt of one request.
  struct Job: Sendable, Hashable {
    var request: Int
    var attempt: Int
  }

  let law: ServiceLaw
  private(set) var isUp = true
  /// How often it has been started; what was connected to an earlier process is reset.
  private(set) var life = 0
  private var serving: Set<Job> = []
  private var queue: [Job] = []

  /// The jobs it has, served and waiting.
  var underWay: Int { serving.count + queue.count }

  init(law: ServiceLaw) { self.law = law }

  /// Takes a job in; true where it is served at once.
  mutating func admit(_ job: Job) -> Bool {
    guard serving.count < law.concurrency else {
      queue.append(job)
      return false
    }
    serving.insert(job)
    return true
  }

  /// A job is over or no longer wanted; gives the next one to serve.
  mutating func leave(_ job: Job) -> Job? {
    guard serving.remove(job) != nil else {
      queue.removeAll { $0 == job }
      return nil
    }
    guard !queue.isEmpty else { return nil }
    let next = queue.removeFirst()
    serving.insert(next)
    return next
  }

  /// The process dies, and all it was doing with it.
  mutating func stop() {
    isUp = false
    life += 1
    serving = []
    queue = []
  }

  mutating func start() { isUp = true }

  /// The longest that anything at a backend takes: a day, nanoseconds. No client waits longer.
  static let longestNanoseconds: Int64 = 86_400_000_000_000

  /// Time from the start of service to the first token, and from one token to the next, nanoseconds;
  /// each at most ``longestNanoseconds``.
  func times(promptTokens: Int, _ random: inout RandomStream) -> (first: Int64, token: Int64) {
    let factor = Portable.exp(law.variation * Portable.normalQuantile(random.unit()))
    let token = law.perTokenMs * factor
    let first =
      (law.overheadMs + Double(promptTokens) / law.prefillTokensPerSecond * 1_000) * factor + token
    return (Self.nanoseconds(first), Self.nanoseconds(token))
  }

  private static func nanoseconds(_ milliseconds: Double) -> Int64 {
    Int64(min((milliseconds * 1e6).rounded(), Double(longestNanoseconds)))
  }

  /// Time from the start of service to the last of `count` tokens, nanoseconds; at most
  /// ``longestNanoseconds``.
  static func untilLast(of count: Int, _ times: (first: Int64, token: Int64)) -> Int64 {
    let (further, overflows) = Int64(count - 1).multipliedReportingOverflow(by: times.token)
    guard !overflows, further < longestNanoseconds else { return longestNanoseconds }
    return min(longestNanoseconds, times.first + further)
  }
}
