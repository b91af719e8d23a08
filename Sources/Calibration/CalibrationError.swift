/// Why a trace gives no model.
public enum CalibrationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Too few slots were seen well enough.
  case tooFewSlots(found: Int, needed: Int)
  /// A round trip took less than light's.
  case beatsLight(propagationMs: Double, leastMs: Double)
  /// The trace leaves out so much of its time that the model's pings, which do not, outnumber its own manyfold.
  case leavesGaps(pings: Int, spanSeconds: Double)

  /// Too few slots carry a measured throughput.
  case tooShort(found: Int, needed: Int)
  /// Half of the slots carry nothing.
  case carriesNothing

  /// What is wrong, and the cure.
  public var description: String {
    switch self {
    case .tooFewSlots(let found, let needed):
      "only \(found) slots of 15 s have \(SlotSummary.fewestRoundTrips) round trips or more, "
        + "\(needed) are needed: give a trace of at least \(needed / 4) minutes and two pings a second"
    case .beatsLight(let propagationMs, let leastMs):
      "propagation of \(propagationMs) ms is more than the least round trip, \(leastMs) ms: "
        + "give the round trip of light on the way that the pings took"
    case .leavesGaps(let pings, let spanSeconds):
      "\(pings) pings leave most of their \(Int(spanSeconds)) s without any: "
        + "give a part of the trace in which the tool ran throughout"
    case .tooShort(let found, let needed):
      "only \(found) slots of 15 s were measured for 10 s or more, \(needed) are needed: "
        + "give at least \(needed / 4) minutes of throughput"
    case .carriesNothing:
      "half of the slots carry nothing: give a trace of a link that is up"
    }
  }
}
