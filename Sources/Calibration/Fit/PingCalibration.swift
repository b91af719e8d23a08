import Network
import Orbits

/// A link model fitted to a trace of pings.
public struct PingCalibration: Sendable, Equatable {
  /// Where the slots begin, found in the data; `nil` of fewer than two round trips.
  public var phase: SlotPhase?
  /// The tool that made the trace.
  public var pinger: Pinger
  /// What was taken as the round trip of light, milliseconds; the model holds what is beyond it.
  public var propagationMs: Double
  /// The fitted model.
  public var model: LinkModel
  /// Slots that were seen well enough to be used.
  public var slotCount: Int
  /// Losses that are the policer's and not the link's.
  public var policedLosses: Int

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - trace: The pings.
  ///   - propagationMs: The round trip of light on the way that the pings took.
  ///   - base: What pings do not show (capacity, queue) is kept from here.
  ///   - instrument: What made the trace, where the trace is a part of one that shows it better.
  /// - Throws: ``CalibrationError`` where the trace is too short.
  public init(
    fitting trace: Trace, propagationMs: Double, base: LinkModel = .bentPipe,
    instrument: Instrument? = nil
  ) throws(CalibrationError) {
    let slots = SlotSummary.slots(of: trace)
    guard slots.count >= Self.fewestSlots else {
      throw .tooFewSlots(found: slots.count, needed: Self.fewestSlots)
    }
    let least = slots.flatMap(\.roundTripsMs).min() ?? 0
    guard propagationMs >= 0, propagationMs <= least else {
      throw .beatsLight(propagationMs: propagationMs, leastMs: least)
    }
    self.propagationMs = propagationMs
    phase = SlotPhase(of: trace)
    slotCount = slots.count
    let instrument = instrument ?? Instrument(of: trace)
    pinger = instrument.pinger
    let policed = trace.pings.map { instrument.dropped.contains($0.sent) }
    policedLosses = policed.count { $0 }
    var model = base
    Self.fitSlots(slots, propagationMs: propagationMs, into: &model)
    model.outages = OutageFit.laws(of: trace, isIgnored: policed)
    let single = OutageFit.partsOfOutages(trace, isIgnored: policed)
    let edges = EdgeFit(trace, slots: slots, isIgnored: zip(policed, single).map { $0 || $1 })
    model.reconfiguration = edges.law
    model.loss = edges.loss(outside: edges.law)
    self.model = model
  }

  /// Slots below which quantiles of slots mean nothing.
  static let fewestSlots = 40

  private static func fitSlots(
    _ slots: [SlotSummary], propagationMs: Double, into model: inout LinkModel
  ) {
    let bases = slots.map { (slot: $0.slot, value: $0.baseMs) }
    model.baseMs = QuantileLaw(of: bases.map { $0.value - propagationMs })
    let near = (1...4).map { RankCorrelation.of(bases, lag: Int64($0)) }
    let memory = near[0] > 0 ? (near[1] + near[2]) / (near[0] + near[1]) : 0
    model.baseMemory = min(0.95, max(0, memory))
    model.baseCorrelation = min(model.baseMemory, max(0, near[0]))
    model.scatterMs = QuantileLaw(of: slots.map(\.scatterMs))
    // Weighted by the slot's variance: then scatter times shape has the variance that was measured.
    model.waitShape = QuantileLaw(
      of: slots.flatMap { slot in
        let scatterMs = max(0.1, slot.scatterMs)
        return slot.roundTripsMs.map {
          (value: ($0 - slot.baseMs) / scatterMs, weight: scatterMs * scatterMs)
        }
      })
  }
}

extension QuantileLaw {
  /// The law of measured values.
  init(of values: [Double]) {
    let sorted = values.sorted()
    self.init(Self.shares.map { sorted.quantileOfSorted($0) })
  }

  /// The law of measured values, some of which count more than others.
  init(of values: [(value: Double, weight: Double)]) {
    let sorted = values.sorted { $0.value < $1.value }
    let total = sorted.reduce(0) { $0 + $1.weight }
    var quantiles: [Double] = []
    var (index, below) = (0, 0.0)
    for share in Self.shares {
      while index < sorted.count - 1, below + sorted[index].weight < share * total {
        below += sorted[index].weight
        index += 1
      }
      quantiles.append(sorted.isEmpty ? 0 : sorted[index].value)
    }
    self.init(quantiles)
  }
}
