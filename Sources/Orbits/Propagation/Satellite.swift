/// One satellite, ready to be propagated with SGP4 (WGS72, improved mode).
///
/// Near-earth orbits use SGP4 and those of 225 minutes or longer SDP4, as in Vallado, Crawford, Hujsak
/// and Kelso, "Revisiting Spacetrack Report #3", AIAA 2006-6753. A value: asking for one time never
/// changes the answer for another.
public struct Satellite: Sendable {
  /// The elements that this satellite was made from.
  public let elements: ElementSet
  let orbit: SecularTheory
  let deepSpace: DeepSpaceTheory?

  /// Derives the constants of the theory from an element set.
  ///
  /// - Throws: ``PropagationError`` with code 1, 2 or 5 where the elements describe no closed orbit.
  public init(_ elements: ElementSet) throws(PropagationError) {
    self.elements = elements
    orbit = try SecularTheory(elements)
    deepSpace = orbit.isDeepSpace ? DeepSpaceTheory(orbit, epoch: elements.epoch) : nil
  }

  /// The state at an instant.
  ///
  /// - Throws: ``PropagationError``, for instance ``PropagationError/decayed``.
  public func state(at time: UTC) throws(PropagationError) -> TEMEState {
    try state(minutesSinceEpoch: time.minutes(since: elements.epoch))
  }

  /// The state `minutes` after the element set's epoch (before it, where negative).
  ///
  /// - Throws: ``PropagationError``, for instance ``PropagationError/decayed``.
  public func state(minutesSinceEpoch minutes: Double) throws(PropagationError) -> TEMEState {
    var state = TEMEState(positionKm: .zero, velocityKmS: .zero)
    guard abs(minutes) <= longestMinutes else { throw .outsideTheory }
    let code =
      deepSpace?.state(orbit, minutesSinceEpoch: minutes, into: &state)
      ?? orbit.nearEarthState(minutesSinceEpoch: minutes, into: &state)
    guard code == 0 else { throw PropagationError(code: Int(code)) }
    return state
  }
}

/// The longest time from epoch that is propagated, minutes: 1,900 years. It bounds the work of the
/// resonance integration, and refuses NaN where it is compared with `<=`.
let longestMinutes = 1e9
