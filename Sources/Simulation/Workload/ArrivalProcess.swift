/// When requests arrive: at random around a daily shape, some of them in bursts.
///
/// The number of requests is exact, so that runs compare; given the number, independent arrivals are a
/// Poisson process with that shape.
public struct ArrivalProcess: Sendable, Equatable {
  /// Requests that come close together.
  public struct Bursts: Sendable, Equatable {
    /// The share of all requests that come in bursts, 0 to 1.
    public var share: Double
    /// Requests of a burst.
    public var size: Int
    /// The time over which a burst spreads, seconds.
    public var withinSeconds: Double

    /// Creates bursts.
    public init(share: Double, size: Int, withinSeconds: Double) {
      self.share = share
      self.size = size
      self.withinSeconds = withinSeconds
    }
  }

  /// Requests of a whole day.
  public var perDay: Double
  /// The weight of each hour of the day (UTC), 24 of them; a flat day by default.
  public var shape: [Double]
  /// The bursts; `nil` where every request comes for itself.
  public var bursts: Bursts?

  /// Creates a process.
  public init(
    perDay: Double, shape: [Double] = [Double](repeating: 1, count: 24), bursts: Bursts? = nil
  ) {
    self.perDay = perDay
    self.shape = shape
    self.bursts = bursts
  }

  /// The arrivals of `seconds` from `startSecond` of the day on, in order, as nanoseconds after the start.
  func arrivals(startSecond: Double, seconds: Double, seed: UInt64) -> [Int64] {
    var hours: [(start: Double, end: Double, weight: Double)] = []
    var time = 0.0
    while time < seconds {
      let clock = startSecond + time
      let hour = (clock / 3_600).rounded(.down)
      let end = min(seconds, time + (hour + 1) * 3_600 - clock)
      hours.append((time, end, (end - time) / 3_600 * shape[Int(hour) % 24]))
      time = end
    }
    let weight = hours.reduce(0) { $0 + $1.weight }
    let day = shape.reduce(0, +)
    guard day > 0, weight > 0 else { return [] }
    let count = Int((perDay * weight / day).rounded())
    func place(_ share: Double) -> Double {
      var left = share * weight
      for hour in hours {
        if left < hour.weight { return hour.start + left / hour.weight * (hour.end - hour.start) }
        left -= hour.weight
      }
      return seconds
    }
    var random = RandomStream(seed: seed, RandomStream.key("arrivals"))
    var times: [Double] = []
    times.reserveCapacity(count)
    if let bursts {
      let inBursts = Int((Double(count) * bursts.share).rounded())
      while times.count < inBursts {
        let start = place(random.unit())
        for _ in 0..<min(bursts.size, inBursts - times.count) {
          times.append(min(seconds, start + random.unit() * bursts.withinSeconds))
        }
      }
    }
    while times.count < count { times.append(place(random.unit())) }
    return times.map { Int64(($0 * 1e9).rounded()) }.sorted()
  }
}
