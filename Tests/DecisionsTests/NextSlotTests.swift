import Calibration
import Decisions
import Foundation
import Network
import Orbits
import Testing

/// Predicts each next slot of real traces, and holds that against what a simpler mind would say.
///
/// There is no geometry in a trace of pings. "The pure forecast" is therefore the best that a calibration
/// without measurements of the day could know: the median of the first half.
@Suite struct NextSlotTests {
  /// The errors of one way to predict, milliseconds.
  private struct Errors {
    private var values: [Double] = []
    var meanMs: Double { values.reduce(0, +) / Double(values.count) }
    var p90Ms: Double { values.sorted()[values.count * 9 / 10] }
    mutating func add(_ predicted: Double, _ observed: Double) {
      values.append(abs(predicted - observed))
    }
  }

  private struct Comparison {
    var blend = Errors()
    var forecast = Errors()
    var lastMedian = Errors()
    var lastSample = Errors()
    var inBand = 0
    var slots = 0
    var persistence = 0.0

    /// Goes through `trace` in order of time; slots of the second half count.
    init(_ trace: Trace) throws {
      let second = try #require(trace.secondHalf.pings.first?.sent)
      let forecastMs = Self.median(trace.firstHalf.roundTripsMs)
      var estimate = LinkEstimate()
      var previous: (slot: Slot, median: Double, last: Double)?
      for (slot, pings) in Self.slots(trace) {
        let values = pings.compactMap(\.roundTripMs)
        if slot.start >= second, let previous, previous.slot.next == slot, values.count >= 3,
          let correction = estimate.correction(at: slot.start)
        {
          let observed = Self.median(values)
          blend.add(forecastMs + correction.expectedMs, observed)
          forecast.add(forecastMs, observed)
          lastMedian.add(previous.median, observed)
          lastSample.add(previous.last, observed)
          let band = forecastMs + correction.lowMs...forecastMs + correction.highMs
          if band.contains(observed) { inBand += 1 }
          slots += 1
        }
        for ping in pings {
          guard let roundTrip = ping.roundTripMs else { continue }
          _ = estimate.observe(roundTripMs: roundTrip, forecastMs: forecastMs, at: ping.sent)
        }
        if let last = values.last { previous = (slot, Self.median(values), last) }
      }
      persistence = estimate.persistence
    }

    private static func slots(_ trace: Trace) -> [(Slot, [Trace.Ping])] {
      Dictionary(grouping: trace.pings) { Slot(containing: $0.sent) }.sorted { $0.key < $1.key }
    }

    private static func median(_ values: [Double]) -> Double {
      let sorted = values.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// The share by which the blend's figure is below another's.
    func gain(over other: KeyPath<Comparison, Errors>, _ figure: KeyPath<Errors, Double>) -> Double
    {
      1 - blend[keyPath: figure] / self[keyPath: other][keyPath: figure]
    }

    /// Prints the figures that the documentation gives, when they are asked for (`PERIGEE_REPORT=1`).
    func report(_ name: String) {
      guard ProcessInfo.processInfo.environment["PERIGEE_REPORT"] != nil else { return }
      func row(_ what: String, _ errors: Errors) -> String {
        "  \(what): mean \((errors.meanMs * 100).rounded() / 100) ms, p90 \((errors.p90Ms * 10).rounded() / 10) ms"
      }
      print(
        """
        next slot, \(name): \(slots) slots, persistence \((persistence * 100).rounded() / 100), \
        in the 80 % band \(inBand * 100 / max(1, slots)) %
        \(row("blend", blend))
        \(row("pure forecast", forecast))
        \(row("same as the last slot's median", lastMedian))
        \(row("same as the last sample", lastSample))
        """)
    }
  }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private static let shared: URL? = {
    let named = ProcessInfo.processInfo.environment["PERIGEE_TRACES_DATA"]
    let beside = fixtures.appendingPathComponent("../../../../shared/data/traces").standardized
    let folder = named.map { URL(fileURLWithPath: $0) } ?? beside
    let isThere = FileManager.default.fileExists(
      atPath: folder.appendingPathComponent("starlink_isl_ping_seychelles_lagos.csv").path)
    return isThere ? folder : nil
  }()

  private static func compare(_ file: String, in folder: URL) throws -> Comparison {
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    let comparison = try Comparison(Trace.read(text))
    comparison.report(file)
    return comparison
  }

  /// Five pings a slot, as a node that probes every three seconds has them.
  @Test func overLasersWithFewPings() throws {
    let found = try Self.compare("laser-ping-every-3s.csv", in: Self.fixtures)
    #expect(found.slots > 250)
    #expect(found.gain(over: \.lastMedian, \.meanMs) > 0.05)
    #expect(found.gain(over: \.lastSample, \.meanMs) > 0.05)
    #expect(found.gain(over: \.forecast, \.meanMs) > 0.1)
  }

  @Test(.enabled(if: shared != nil, "needs the shared traces"))
  func overABentPipe() throws {
    let found = try Self.compare(
      "starlink_bentpipe_ping_victoria_seattle.csv", in: #require(Self.shared))
    for figure in [\Errors.meanMs, \Errors.p90Ms] {
      #expect(found.gain(over: \.lastMedian, figure) > 0.2)
      #expect(found.gain(over: \.lastSample, figure) > 0.3)
      #expect(found.gain(over: \.forecast, figure) > 0.07)
    }
    #expect(found.persistence < 0.1, "levels over a bent pipe are redrawn at each edge")
    #expect((70...90).contains(found.inBand * 100 / found.slots))
  }

  @Test(.enabled(if: shared != nil, "needs the shared traces"))
  func overLasers() throws {
    let found = try Self.compare(
      "starlink_isl_ping_seychelles_lagos.csv", in: #require(Self.shared))
    #expect(found.gain(over: \.lastMedian, \.meanMs) > 0.08)
    #expect(found.gain(over: \.lastSample, \.meanMs) > 0.08)
    #expect(found.gain(over: \.forecast, \.meanMs) > 0.15)
    #expect((0.2...0.5).contains(found.persistence), "some regimes persist")
    #expect((70...90).contains(found.inBand * 100 / found.slots))
  }
}
