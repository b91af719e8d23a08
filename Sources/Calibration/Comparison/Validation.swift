import Network
import Orbits

/// A model fitted to a part of a trace, held against that part and against the rest.
public struct Validation: Sendable {
  /// The fit.
  public var calibration: PingCalibration
  /// The model against the part that it was fitted to.
  public var fit: TraceComparison
  /// The model against the part that was held out; `nil` where none was.
  public var heldOut: TraceComparison?
  /// The fitted part itself against the part that was held out: what a perfect memory would reach.
  ///
  /// Where the two parts differ, no model that knows only the one matches the other.
  public var replay: TraceComparison?
  /// One course of the model over the time of the trace, for drawing.
  public var sample: Trace

  /// The model is pinged at the trace's pace for the trace's time, so that its pings are about as many; this
  /// many times as many are the most.
  static let pingsPerPing = 4

  /// Fits and compares.
  ///
  /// - Parameters:
  ///   - trace: The pings.
  ///   - split: Which part is fitted.
  ///   - propagationMs: The round trip of light on the way that the pings took.
  ///   - base: What pings do not show is kept from here.
  ///   - realisations: How many courses of the model make its figures.
  ///   - progress: Told how many are done.
  /// - Throws: ``CalibrationError`` where the trace is too short, too quick or leaves gaps.
  public init(
    of trace: Trace, split: TraceSplit, propagationMs: Double, base: LinkModel = .bentPipe,
    realisations: Int = 20, progress: (Int) -> Void = { _ in }
  ) throws(CalibrationError) {
    let (fitted, rest) = (split.fitted(trace), split.heldOut(trace))
    // Pieces of a trace do not show what counts from its first request on, and the tool is not the link.
    calibration = try PingCalibration(
      fitting: fitted, propagationMs: propagationMs, base: base,
      instrument: split == .alternate ? Instrument(of: trace) : nil)
    let start = trace.pings[0].sent
    let end = trace.pings[trace.pings.count - 1].sent
    let span = end.seconds(since: start)
    let limit = Self.pingsPerPing * trace.pings.count
    var (inside, outside) = (TraceParts(), TraceParts())
    var sample: Trace?
    for number in 0..<max(1, realisations) {
      let link = LinkRealisation(
        calibration.model, uplink: "calibration", seed: UInt64(number))
      let made = calibration.pinger.ping(
        link, from: start, until: end, propagationMs: propagationMs, seed: UInt64(number) &+ 1,
        limit: limit)
      guard made.pings.count < limit else {
        throw .leavesGaps(pings: trace.pings.count, spanSeconds: span)
      }
      inside.add(split.part(of: made, isFitted: true, from: start, spanSeconds: span))
      outside.add(split.part(of: made, isFitted: false, from: start, spanSeconds: span))
      sample = sample ?? made
      progress(number + 1)
    }
    self.sample = sample ?? Trace(pings: [])
    let fittedStatistics = TraceStatistics(of: fitted)
    fit = TraceComparison(trace: fittedStatistics, model: TraceStatistics(of: inside))
    guard split != .whole else { return }
    let restStatistics = TraceStatistics(of: rest)
    heldOut = TraceComparison(trace: restStatistics, model: TraceStatistics(of: outside))
    replay = TraceComparison(trace: restStatistics, model: fittedStatistics)
  }
}
