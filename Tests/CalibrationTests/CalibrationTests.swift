import Calibration
import Network
import Orbits
import TestSupport
import Testing

/// Links of known figures, pinged.
enum KnownLink {
  static let start = UTC(year: 2026, month: 11, day: 25)

  /// Skewed slots, loss of 0.3 %, a hold around edges, losses just before them, now and then an outage.
  static let model = LinkModel(
    baseMs: QuantileLaw([10, 11, 12, 14, 18, 24, 32, 44, 56, 80, 95, 100]),
    baseCorrelation: 0.5, baseMemory: 0.7,
    scatterMs: QuantileLaw([3, 3.2, 3.6, 4, 5, 6, 8, 10, 12, 15, 16, 17]),
    waitShape: QuantileLaw([-0.5, -0.2, 0, 0.2, 0.6, 1.3, 2.2, 3.2, 4, 6, 8, 9]),
    reconfiguration: Reconfiguration(
      longestHoldLeadMs: 80, holdTailMs: .always(90),
      losses: [EdgeLoss(startMs: -600, endMs: -400, probability: 0.4)]),
    loss: 0.003,
    outages: [OutageLaw(cause: .noDownlink, perHour: 6, seconds: .always(9))])

  static func trace(hours: Double, policer: EchoPolicer? = nil) -> Trace {
    let pinger = Pinger(pace: .afterAnswer(pauseMs: 100), timeoutMs: 2_000, policer: policer)
    return pinger.ping(
      LinkRealisation(model, uplink: "known", seed: 11), from: start,
      until: start.adding(seconds: hours * 3_600), propagationMs: 20, seed: 3,
      limit: 1_000_000)
  }

  static let long = trace(hours: 3)
}

@Suite("Fitting a link model")
struct CalibrationTests {
  @Test("the slots' phase is found in the data alone", arguments: [0, 4, 12])
  func phase(shift: Int) throws {
    let moved = Trace(
      pings: KnownLink.long.pings.prefix(15_000).map {
        Trace.Ping(sent: $0.sent.adding(seconds: Double(shift)), roundTripMs: $0.roundTripMs)
      })
    #expect(SlotPhase(of: moved)?.offsetSeconds == (12 + shift) % 15)
    #expect(SlotPhase(of: Trace(pings: [])) == nil)
  }

  @Test("known figures are recovered")
  func recovery() throws {
    let fit = try PingCalibration(fitting: KnownLink.long, propagationMs: 20)
    let (model, known) = (fit.model, KnownLink.model)
    #expect(fit.pinger.policer == nil)
    #expect(fit.pinger.timeoutMs > 1_999 && fit.pinger.timeoutMs < 2_001)
    guard case .afterAnswer(let pauseMs) = fit.pinger.pace else {
      Issue.record("the tool waits for answers")
      return
    }
    #expect(abs(pauseMs - 100) < 0.1)
    for share in [0.1, 0.25, 0.5, 0.75, 0.9] {
      #expect(abs(model.baseMs(share) / known.baseMs(share) - 1) < 0.15, "base at \(share)")
      #expect(
        abs(model.scatterMs(share) / model.scatterMs(0.5) * 6 / known.scatterMs(share) - 1) < 0.2)
    }
    #expect(abs(model.baseCorrelation - 0.5) < 0.12)
    #expect(abs(model.loss - 0.003) < 0.0015)
    #expect(abs(model.reconfiguration.holdTailMs.median - 90) < 12)
    #expect(abs(model.reconfiguration.longestHoldLeadMs - 80) < 40)
    let edge = try #require(model.reconfiguration.losses.first)
    #expect(model.reconfiguration.losses.count == 1)
    #expect(abs(edge.startMs + 600) <= 50 && abs(edge.endMs + 400) <= 50)
    #expect(abs(edge.probability - 0.4) < 0.08)
    let outage = try #require(model.outages.first)
    #expect(abs(outage.perHour - 6) < 3)
    #expect(abs(outage.seconds.median - 9) < 1.5)
  }

  @Test("a policer is told from the link")
  func policer() throws {
    let policer = EchoPolicer(requestsPerSecond: 4, creditRequests: 2_000, refusalShare: 0.1)
    let trace = KnownLink.trace(hours: 2, policer: policer)
    let fit = try PingCalibration(fitting: trace, propagationMs: 20)
    let found = try #require(fit.pinger.policer)
    #expect(abs(found.requestsPerSecond - 4) < 0.01)
    #expect(abs(found.creditRequests - 2_000) < 20)
    #expect(abs(found.refusalShare - 0.1) < 0.05)
    #expect(trace.loss > 0.02)
    #expect(fit.model.loss < 0.01)
    #expect(EchoPolicer.find(in: KnownLink.long) == nil)
  }

  @Test("a model matches the part of its own trace that it has not seen")
  func heldOut() throws {
    let check = try Validation(
      of: KnownLink.long, split: .alternate, propagationMs: 20, realisations: 1)
    let comparison = try #require(check.heldOut)
    for error in comparison.quantileErrors { #expect(abs(error) < 0.12) }
    #expect(abs(comparison.varianceRatioError) < 0.25)
    #expect(try #require(comparison.burstDistance) < 0.1)
    #expect(try #require(comparison.gapDistance) < 0.12)
    #expect(comparison.model.spikeSlots.contains { $0 >= 2 })
    let whole = try Validation(
      of: KnownLink.long, split: .whole, propagationMs: 20, realisations: 1)
    #expect(whole.heldOut == nil && whole.replay == nil)
  }

  @Test("a trace that is too short, or light that is too slow, is an error with its cure")
  func mistakes() throws {
    let short = Trace(pings: Array(KnownLink.long.pings.prefix(2_000)))
    let tooShort = #expect(throws: CalibrationError.self) {
      try PingCalibration(fitting: short, propagationMs: 20)
    }
    #expect(tooShort?.description.contains("10 minutes") == true)
    let tooSlow = #expect(throws: CalibrationError.self) {
      try PingCalibration(fitting: KnownLink.long, propagationMs: 200)
    }
    #expect(tooSlow?.description.contains("200") == true)
  }

  @Test("what a constant trace does not define is not a number, and meets no goal by accident")
  func constant() throws {
    let trace = Trace(
      pings: (0..<6_000).map {
        Trace.Ping(sent: KnownLink.start.adding(seconds: Double($0) / 5), roundTripMs: 30)
      })
    let check = try Validation(of: trace, split: .whole, propagationMs: 20, realisations: 1)
    #expect(check.fit.trace.varianceRatio.isNaN)
    #expect(!check.fit.varianceRatioError.isFinite)
    #expect(check.fit.quantileErrors.allSatisfy { abs($0) < 0.1 })
  }

  @Test("a course is as long as its trace: gaps that it would fill many times over are an error")
  func gaps() throws {
    // Twelve minutes of pings, half an hour of nothing, again and again.
    let trace = Trace(
      pings: (0..<6).flatMap { part in
        (0..<500).map { number in
          Trace.Ping(
            sent: KnownLink.start.adding(seconds: Double(part) * 3_000 + Double(number) / 3),
            roundTripMs: 30 + Double((number * 31) % 17))
        }
      })
    let problem = #expect(throws: CalibrationError.self) {
      try Validation(of: trace, split: .whole, propagationMs: 20, realisations: 1)
    }
    #expect(problem?.description.contains("ran throughout") == true)
  }

  @Test("statistics of courses one by one are those of all of them together")
  func folded() {
    let (a, b) = (KnownLink.long.firstHalf, KnownLink.long.secondHalf)
    let both = TraceStatistics(of: [a, b])
    #expect(both.slotCount == TraceStatistics(of: a).slotCount + TraceStatistics(of: b).slotCount)
    #expect(
      both.runs.bursts == RunLengths(of: a).bursts + RunLengths(of: b).bursts)
    #expect(abs(both.loss - KnownLink.long.loss) < 1e-12)
    #expect(both.quantilesMs == TraceStatistics(of: KnownLink.long).quantilesMs)
  }

  @Test("the distance of two samples is that of Kolmogorov and Smirnov")
  func distance() {
    #expect([1.0, 2, 3].kolmogorovSmirnov([1, 2, 3]) == 0)
    #expect([1.0, 2].kolmogorovSmirnov([3, 4]) == 1)
    #expect([1.0, 1, 1, 2].kolmogorovSmirnov([1, 2, 2, 2]) == 0.5)
    #expect([].kolmogorovSmirnov([1]) == nil)
    let lost = Trace.Ping(sent: KnownLink.start, roundTripMs: nil)
    let back = Trace.Ping(sent: KnownLink.start, roundTripMs: 1)
    let runs = RunLengths(of: Trace(pings: [back, lost, lost, back, back, back, lost]))
    #expect(runs.bursts == [2, 1] && runs.gaps == [3])
  }
}

@Suite("Fitting capacity")
struct CapacityTests {
  private func trace(_ law: CapacityLaw) -> CapacityTrace {
    var model = KnownLink.model
    model.capacity = law
    let link = LinkRealisation(model, uplink: "known", seed: 2)
    return CapacityTrace(
      samples: (0..<30_000).map { second in
        let time = KnownLink.start.adding(seconds: Double(second))
        return CapacityTrace.Sample(
          start: time, mbps: 200 * link.conditions(in: Slot(containing: time)).capacityFactor)
      })
  }

  @Test("a known law is recovered")
  func recovery() throws {
    let law = CapacityLaw(factor: CapacityLaw.parked.factor, correlation: 0.5, memory: 0.8)
    let fit = try CapacityCalibration(fitting: trace(law))
    #expect(fit.phase?.offsetSeconds == 12)
    #expect(abs(fit.usualMbps - 200) < 10)
    #expect(fit.deviationWithinSlot < 1e-9)
    for share in [0.05, 0.25, 0.75, 0.95] {
      #expect(abs(fit.law.factor(share) - law.factor(share)) < 0.06)
    }
    #expect(abs(fit.law.correlation - 0.5) < 0.1)
  }

  @Test("tables of throughput are read, and mistakes name their line")
  func reading() throws {
    let text = """
      timestamp_start,speed_kmh,down_mbps,up_mbps
      2024-01-11 10:06:39,0,100.5,7
      2024-01-11 10:06:40,30,67,12
      2024-01-11 10:06:41,0,200,
      """
    let down = try CapacityTrace.read(text)
    #expect(down.samples.map(\.mbps) == [100.5, 67, 200])
    #expect(try CapacityTrace.read(text, parkedOnly: true).samples.map(\.mbps) == [100.5, 200])
    #expect(try CapacityTrace.read(text, column: "up_mbps").samples.map(\.mbps) == [7, 12])
    #expect(CapacityTrace.isThroughput(text))
    #expect(!CapacityTrace.isThroughput("unix_s,rtt_ms\n1,2\n"))
    for (bad, line) in [
      ("unix_s,mbps\n1,-4\n2,3\n", 2), ("unix_s,mbps\n1,4\nx,3\n", 3), ("unix_s,x\n1,4\n", 1),
      ("mbps\n1\n", 1), ("unix_s,mbps\n1,4\n", 2),
    ] {
      let problem = #expect(throws: TraceProblem.self) { try CapacityTrace.read(bad) }
      #expect(problem?.line == line, "\(bad)")
    }
    #expect(throws: CalibrationError.self) { try CapacityCalibration(fitting: down) }
    let unknown = #expect(throws: TraceProblem.self) { try CapacityTrace.read(text, column: "foo") }
    #expect(unknown?.message == "there is no column foo")
    #expect(unknown?.cure.hasSuffix("timestamp_start, speed_kmh, down_mbps, up_mbps") == true)
  }
}
