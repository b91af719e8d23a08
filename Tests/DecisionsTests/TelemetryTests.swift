import Decisions
import Foundation
import Network
import Orbits
import TestSupport
import Testing

/// An hour of a link's slots in virtual time: checks over the whole way, and what the terminal tells.
@Suite struct TelemetryTests {
  private static let start = UTC(year: 2026, month: 11, day: 25)
  private static let slots = 240
  private static let access = AccessModel.typical(of: .leo(constellation: "c"))
  private static let toPoPMs = 8.0
  /// What the backend adds, which no forecast knows.
  private static let backendMs = 3.0
  private static let region = Leg(uplink: "leo", destination: "region")
  private static let zone = Leg(uplink: "leo", destination: "zone")

  private static let ways = Ways(
    uplinks: ["leo"],
    backends: [
      Ways.Backend(name: "cloud", destination: "region", models: ["m"]),
      Ways.Backend(name: "orbit", destination: "zone", models: ["m"]),
    ])

  /// The ground's way leads over a point of presence that changes slot by slot.
  private static func pop(_ slot: Slot) -> String { slot.index % 3 == 0 ? "far" : "near" }

  private static func beyondMs(_ slot: Slot) -> Double { pop(slot) == "far" ? 15 : 2 }

  private static func propagationMs(_ leg: Leg, _ slot: Slot) -> Double {
    leg == zone ? 5 : toPoPMs + beyondMs(slot)
  }

  private static func forecast(_ leg: Leg) -> Forecast {
    var slot = Slot(containing: start)
    let intervals = (0..<slots + 2).map { _ in
      defer { slot = slot.next }
      let ms = propagationMs(leg, slot)
      let hops =
        leg == zone ? ["island", "s", "zone"] : ["island", "s", "gw", pop(slot), "region"]
      let route = Route(
        hops: hops, servingSatellite: "s", propagationStartMs: ms, propagationEndMs: ms,
        processingMs: access.delayMs, jitterMs: access.jitterMs, loss: access.loss,
        up: .megabitsPerSecond(10), down: .megabitsPerSecond(10), pricePerGB: 0)
      return Forecast.Interval(start: slot.start, end: slot.end, route: route)
    }
    return Forecast(uplink: leg.uplink, destination: leg.destination, intervals: intervals)
  }

  /// Mean distances from the slots' true medians, milliseconds.
  private struct Errors {
    var estimate = 0.0
    var forecast = 0.0
    /// Of what was predicted before each slot from what was measured in it, the last twenty minutes.
    var predicted = 0.0
    /// Likewise of the forecast alone.
    var unpredicted = 0.0
  }

  private struct Hour {
    var knowledge = Knowledge(ways, at: start)
    var link: LinkRealisation
    var random: Seeded
    /// The pings' own, so that checks measure the same with and without.
    var pings: Seeded

    init(seed: UInt64) {
      link = LinkRealisation(.bentPipe, uplink: "island/leo", seed: seed)
      random = Seeded(seed)
      pings = Seeded(seed &+ 1_000)
      knowledge.publish([forecast(region), forecast(zone)])
    }

    mutating func check(_ backend: String, _ leg: Leg, in slot: Slot, at time: UTC) {
      let extra = link.conditions(in: slot).roundTripMs(at: time, load: 0, random: &random)
      guard let extra else { return }
      let ms = 2 * propagationMs(leg, slot) + extra + backendMs
      _ = knowledge.observeProbe(
        ProbeReport(
          path: PathID(backend: backend, uplink: "leo"), outcome: .success, roundTripMs: ms,
          ended: time.adding(seconds: ms / 1000)))
    }

    /// A second's twenty pings.
    mutating func tell(in slot: Slot, at time: UTC) {
      let conditions = link.conditions(in: slot)
      let heard = (0..<20).compactMap { _ in
        conditions.roundTripMs(at: time, load: 0, random: &pings)
      }
      let forecast = 2 * (access.delayMs + access.jitterMs)
      let mean = heard.isEmpty ? nil : heard.reduce(0, +) / Double(heard.count)
      knowledge.observe(
        uplink: "leo", pop: pop(slot), residualMs: mean.map { $0 - forecast }, at: time)
    }
  }

  /// How an hour goes for `leg`.
  private static func run(_ leg: Leg, telemetry: Bool, seed: UInt64) throws -> Errors {
    var hour = Hour(seed: seed)
    var errors = Errors()
    var slot = Slot(containing: start)
    for _ in 0..<slots {
      slot = slot.next
      for second in 0..<15 {
        let time = slot.start.adding(seconds: Double(second) + 0.5)
        if telemetry { hour.tell(in: slot, at: time) }
        guard (slot.index * 15 + Int64(second)) % 10 == 0 else { continue }
        hour.check("cloud", region, in: slot, at: time.adding(seconds: 0.1))
        hour.check("orbit", zone, in: slot, at: time.adding(seconds: 0.1))
      }
      let told = try #require(
        hour.knowledge.record(of: leg)?.roundTrip(at: slot.start.adding(seconds: 14.9)))
      let truth =
        2 * propagationMs(leg, slot) + hour.link.conditions(in: slot).medianMs + backendMs
      errors.estimate += abs(told.expectedMs - truth) / Double(slots)
      errors.forecast += abs(told.forecastMs - truth) / Double(slots)
    }
    let outcomes = try #require(hour.knowledge.record(of: leg)).outcomes
    for outcome in outcomes {
      errors.predicted += abs(outcome.observedMs - outcome.predictedMs) / Double(outcomes.count)
      errors.unpredicted += abs(outcome.observedMs - outcome.forecastMs) / Double(outcomes.count)
    }
    return errors
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func telemetryBettersTheEstimateWhereThePoPChanges(seed: UInt64) throws {
    let without = try Self.run(Self.region, telemetry: false, seed: seed)
    let with = try Self.run(Self.region, telemetry: true, seed: seed)
    let figures = "seed \(seed)\n  with    \(with)\n  without \(without)"
    #expect(with.estimate < without.estimate / 2, "\(figures)")
    #expect(without.estimate < without.forecast, "\(figures)")
    #expect(with.predicted < with.unpredicted, "\(figures)")
    if ProcessInfo.processInfo.environment["PERIGEE_REPORT"] != nil { print(figures) }
  }

  @Test func aWayThatMeetsNoPoPIsNotCorrectedByTelemetry() throws {
    let without = try Self.run(Self.zone, telemetry: false, seed: 1)
    #expect(without.estimate < without.forecast)
    var hour = Hour(seed: 1)
    let slot = Slot(containing: Self.start).next
    hour.check("orbit", Self.zone, in: slot, at: slot.start.adding(seconds: 2))
    let before = hour.knowledge.record(of: Self.zone)?.estimate
    for second in 3..<14 { hour.tell(in: slot, at: slot.start.adding(seconds: Double(second))) }
    #expect(try #require(before).observedMs != nil)
    #expect(hour.knowledge.record(of: Self.zone)?.estimate == before)
  }

  @Test func onlyWhatIsMeasuredOverTheWholeWayIsObserved() throws {
    var hour = Hour(seed: 2)
    var slot = Slot(containing: Self.start)
    // Slots 1 and 2 over "near" and "far", each checked once; from then on the terminal alone tells.
    for number in 1...8 {
      slot = slot.next
      for second in 2..<14 {
        let time = slot.start.adding(seconds: Double(second))
        hour.tell(in: slot, at: time)
        if number <= 3, second == 8 {
          hour.check("cloud", Self.region, in: slot, at: time.adding(seconds: 0.1))
        }
      }
    }
    let record = try #require(hour.knowledge.record(of: Self.region))
    #expect(record.outcomes.map(\.samples) == [1, 1, 1])
    #expect(record.score.estimate.count == 3)
    #expect(record.estimate.observedMs == record.outcomes.last.map(\.observedMs))
    #expect(record.roundTrip(at: slot.start.adding(seconds: 14))?.correction?.samples == 12)
  }

  @Test func whatIsNoTimeIsIgnored() throws {
    var hour = Hour(seed: 3)
    let slot = Slot(containing: Self.start).next
    let time = slot.start.adding(seconds: 5)
    hour.tell(in: slot, at: time)
    for ms in [-1, .nan, .infinity] {
      _ = hour.knowledge.observeProbe(
        ProbeReport(
          path: PathID(backend: "cloud", uplink: "leo"), outcome: .success, roundTripMs: ms,
          ended: time))
      hour.knowledge.observe(uplink: "leo", pop: "near", residualMs: .nan, at: time)
      hour.knowledge.observe(uplink: "leo", pop: "far", residualMs: .infinity, at: time)
    }
    hour.tell(in: slot, at: time.adding(seconds: 1))
    let estimate = try #require(hour.knowledge.record(of: Self.region)?.estimate)
    #expect(estimate == LinkEstimate(), "nothing was learned, no difference either")
  }
}
