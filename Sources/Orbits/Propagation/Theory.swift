/// The theory that propagates one element set, or the code of why none does.
enum Theory: Sendable {
  case nearEarth(SecularTheory)
  case deepSpace(SecularTheory, DeepSpaceTheory)
  case unusable(code: UInt8)

  init(_ elements: ElementSet) {
    do throws(PropagationError) {
      let orbit = try SecularTheory(elements)
      self =
        orbit.isDeepSpace
        ? .deepSpace(orbit, DeepSpaceTheory(orbit, epoch: elements.epoch)) : .nearEarth(orbit)
    } catch {
      self = .unusable(code: UInt8(error.code))
    }
  }

  init(_ satellite: Satellite) {
    self =
      satellite.deepSpace.map { .deepSpace(satellite.orbit, $0) } ?? .nearEarth(satellite.orbit)
  }

  /// The TEME state `t` minutes after epoch by the scalar theory, or an error code.
  func state(minutesSinceEpoch t: Double, into state: inout TEMEState) -> UInt8 {
    switch self {
    case .unusable(let code): code
    case _ where !(abs(t) <= longestMinutes): UInt8(PropagationError.outsideTheory.code)
    case .nearEarth(let orbit): orbit.nearEarthState(minutesSinceEpoch: t, into: &state)
    case .deepSpace(let orbit, let theory):
      theory.state(orbit, minutesSinceEpoch: t, into: &state)
    }
  }

  /// The resonance, where there is one.
  var resonance: Resonance? {
    guard case .deepSpace(_, let theory) = self else { return nil }
    return theory.resonance
  }
}
