import Orbits

/// How many requests a backend is given at a time where nobody has said how many places it has.
///
/// There is no limit until the backend shows that it needs one. It does so in words (429, 503), which halve
/// what it is given, once for each round of requests as TCP does. Or it does so by time: given more than it
/// works on, it lets the rest wait, and answers begin late. Batches of times to the first byte are held
/// against the quick batches of the last minutes (the gradient of Netflix's concurrency limits, on a windowed
/// minimum like BBR's). In a queue everybody is late, so both the quick and the slow ones of a batch have to be:
/// prompts that a backend has in its cache are no standard for the others, however many they are. What is
/// measured is *service* time of streams: the path's share has been taken off before, or every handover to a
/// longer path would look like overload; and an answer that is no stream takes as long as it is long.
public struct ConcurrencyLimit: Sendable, Equatable {
  /// Times that are judged together.
  static let batch = 15
  /// Which of them in order stand for the quick and for the slow: the 20th and the 80th percentile.
  private static let (quick, slow) = (2, 11)
  /// How much longer than the quick ones a batch may take before it counts as late: a factor, and milliseconds
  /// for what is uncertain about the path.
  static let toleratedFactor = 2.0
  static let toleratedMs = 50.0
  /// For how long every batch must have been late before the limit gives way, seconds: a burst is none.
  static let patienceSeconds = 5.0
  /// How long quick batches count: one to two of these, seconds.
  static let windowSeconds = 120.0
  /// Beyond this many no limit is needed.
  static let most = 8192.0

  /// Requests whose service times can be compared with each other.
  private struct Class: Sendable, Hashable {
    var endpoint: String
    var length: Int
  }

  private struct Batches: Sendable, Equatable {
    var times: [Double] = []
    var inFlight = 0
    var quick = Standard()
    var slow = Standard()
    var begun: UTC
  }

  /// The quickest of the last minutes, less what was quick by chance.
  private struct Standard: Sendable, Equatable {
    private var current = Double.infinity
    private var previous = Double.infinity

    /// How far a quicker batch draws it down.
    private static let rate = 0.25

    mutating func turnWindow() { (previous, current) = (current, .infinity) }

    /// Takes in a batch; gives the most that it may take and not be late.
    mutating func tolerated(_ measured: Double) -> Double {
      if current == .infinity { current = measured }
      current += min(0, measured - current) * Self.rate
      return min(current, previous) * toleratedFactor + toleratedMs
    }
  }

  private var value: Double?
  private var classes: [Class: Batches] = [:]
  private var lateSince: UTC?
  /// Answers since streams were last judged.
  private var answersUnjudged = 0
  private var lastCut: Instant?

  /// No limit, as long as nothing speaks for one.
  public init() {}

  /// The limit in whole requests, 1 or more; `nil` for none.
  public var places: Int? { value.map { max(1, Int($0)) } }

  /// Takes in the time to the first byte of one stream, less the path's share.
  ///
  /// - Parameter inFlight: Requests that the backend had when this one began, itself included.
  public mutating func observe(
    endpoint: String, bytes: Int, serviceMs: Double, inFlight: Int, at time: UTC
  ) {
    guard serviceMs.isFinite else { return }
    let kind = Class(endpoint: endpoint, length: ServiceTimes.lengthClass(bytes: bytes))
    var batches = classes[kind] ?? Batches(begun: time)
    batches.times.append(max(0, serviceMs))
    batches.inFlight += inFlight
    if batches.times.count == Self.batch { judge(&batches, at: time) }
    classes[kind] = batches
  }

  private mutating func judge(_ batches: inout Batches, at time: UTC) {
    answersUnjudged = 0
    if abs(time.seconds(since: batches.begun)) > Self.windowSeconds {
      batches.quick.turnWindow()
      batches.slow.turnWindow()
      batches.begun = time
    }
    let times = batches.times.sorted()
    let had = Double(batches.inFlight) / Double(Self.batch)
    batches.times.removeAll(keepingCapacity: true)
    batches.inFlight = 0
    let (quick, slow) = (times[Self.quick], times[Self.slow])
    let tolerated = (batches.quick.tolerated(quick), batches.slow.tolerated(slow))
    guard quick > tolerated.0, slow > tolerated.1 else {
      lateSince = nil
      return
    }
    let since = lateSince ?? time
    lateSince = since
    guard time.seconds(since: since) >= Self.patienceSeconds else { return }
    // What it had was too much: it is given what it would have borne, and a little to find its way back up.
    let borne = had * max(0.5, tolerated.1 / slow) + had.squareRoot()
    value = min(value ?? .infinity, borne)
  }

  /// Takes in that the backend said that it has too much.
  ///
  /// - Parameters:
  ///   - began: When the request began. Those that began before the limit gave way say nothing about it.
  ///   - inFlight: Requests that the backend had then, this one included.
  public mutating func overloaded(began: Instant, inFlight: Int, at time: Instant) {
    if let lastCut, began < lastCut { return }
    lastCut = time
    value = max(1, min(value ?? .infinity, Double(max(1, inFlight))) / 2)
  }

  /// Takes in that the backend answered a request as it should: the limit grows by one for each round of
  /// them, while most of it is used. What is not used cannot be known to be too little.
  public mutating func answered(inFlight: Int) {
    answersUnjudged += 1
    // Whoever asks for no more streams would keep what was judged of the last ones for ever.
    if answersUnjudged > 4 * Self.batch { lateSince = nil }
    guard let value, lateSince == nil, Double(inFlight) * 2 > value else { return }
    let grown = value + 1 / max(1, value)
    self.value = grown > Self.most ? nil : grown
  }
}
