import Calibration
import Network
import Testing

/// The shipped models and the goals, on the measured traces.
@Suite(
  "Measured links",
  .enabled(if: SharedTraces.available != nil, "the measured traces are not beside the repository"))
struct MeasuredTests {
  private func shipped(_ file: SharedTraces) -> (model: LinkModel, propagationMs: Double) {
    file == .bentPipe ? (.bentPipe, 8) : (.laser, 50)
  }

  @Test("slots are found at 12 s, unaided", arguments: SharedTraces.allCases)
  func phase(file: SharedTraces) throws {
    let trace = try file.trace()
    #expect(SlotPhase(of: trace.firstHalf)?.offsetSeconds == 12)
    #expect(SlotPhase(of: trace.secondHalf)?.offsetSeconds == 12)
  }

  @Test("the shipped models are the fits of the first halves", arguments: SharedTraces.allCases)
  func defaults(file: SharedTraces) throws {
    let (model, propagationMs) = shipped(file)
    let trace = try file.trace()
    let fit = try PingCalibration(
      fitting: trace.firstHalf, propagationMs: propagationMs, base: model)
    func agree(_ a: QuantileLaw, _ b: QuantileLaw, within: Double) -> Bool {
      zip(a.values, b.values).allSatisfy { abs($0 - $1) <= within }
    }
    #expect(agree(fit.model.baseMs, model.baseMs, within: 0.051))
    #expect(agree(fit.model.scatterMs, model.scatterMs, within: 0.051))
    #expect(agree(fit.model.waitShape, model.waitShape, within: 0.0051))
    #expect(abs(fit.model.baseCorrelation - model.baseCorrelation) < 0.006)
    #expect(abs(fit.model.baseMemory - model.baseMemory) < 0.009)
    #expect(abs(fit.model.loss - model.loss) < 0.0001)
    let (edge, shippedEdge) = (fit.model.reconfiguration, model.reconfiguration)
    #expect(agree(edge.holdTailMs, shippedEdge.holdTailMs, within: 0.51))
    #expect(abs(edge.longestHoldLeadMs - shippedEdge.longestHoldLeadMs) < 0.51)
    #expect(edge.losses.map(\.startMs) == shippedEdge.losses.map(\.startMs))
    #expect(fit.model.outages.count == model.outages.count)
  }

  @Test("pings of the bent pipe are policed at 200 a minute: most of its losses are not the link's")
  func policed() throws {
    let trace = try SharedTraces.bentPipe.trace()
    let policer = try #require(EchoPolicer.find(in: trace.firstHalf))
    #expect(abs(policer.requestsPerSecond - 200.0 / 60) < 0.001)
    let later = try #require(EchoPolicer.find(in: trace))
    #expect(abs(later.requestsPerSecond - 200.0 / 60) < 0.001)
    #expect(try EchoPolicer.find(in: SharedTraces.laser.trace()) == nil)
  }

  /// Where both parts have seen the same regimes the model's form is put to the test.
  @Test("held-out parts of the same hours are met", arguments: SharedTraces.allCases)
  func alternate(file: SharedTraces) throws {
    let (model, propagationMs) = shipped(file)
    let check = try Validation(
      of: file.trace(), split: .alternate, propagationMs: propagationMs, base: model,
      realisations: 2)
    let heldOut = try #require(check.heldOut)
    for error in heldOut.quantileErrors {
      #expect(abs(error) < TraceComparison.quantileGoal)
    }
    #expect(try #require(heldOut.burstDistance) < TraceComparison.distanceGoal)
    #expect(heldOut.model.spikeSlots.contains { $0 >= 2 })
  }

  /// The second halves are other regimes: the model does as well as the first half itself would, and no
  /// test claims more.
  @Test(
    "second halves are met as well as by the first halves themselves",
    arguments: SharedTraces.allCases)
  func halves(file: SharedTraces) throws {
    let (model, propagationMs) = shipped(file)
    let check = try Validation(
      of: file.trace(), split: .firstHalf, propagationMs: propagationMs, base: model,
      realisations: 2)
    let (heldOut, replay) = (try #require(check.heldOut), try #require(check.replay))
    for (error, bound) in zip(heldOut.quantileErrors, replay.quantileErrors) {
      #expect(abs(error) < max(TraceComparison.quantileGoal, abs(bound) + 0.06))
    }
    // The variance of a few courses scatters by tens of percent; the command makes twenty.
    #expect(abs(heldOut.varianceRatioError) < 2 * TraceComparison.varianceRatioGoal)
    #expect(try #require(heldOut.burstDistance) < TraceComparison.distanceGoal)
  }
}
