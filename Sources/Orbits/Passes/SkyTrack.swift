/// A sky in which every state is propagated: exact, for any satellite and any observer.
struct SkyTrack: Sky {
  let satellite: Satellite
  let viewpoint: Viewpoint
  let start: UTC
  let sinMask: Double
  let reach: Reach?
  let minutesAtStart: Double
  let orientation: EarthOrientationTable?
  /// The seconds between two looks.
  let step: Double

  init(
    satellite: Satellite, viewpoint: Viewpoint, start: UTC, end: UTC, maskDeg: Double,
    orientation: EarthOrientationTable? = nil
  ) {
    let mask = min(90, maskDeg)
    let epoch = satellite.elements.epoch
    self.satellite = satellite
    self.viewpoint = viewpoint
    self.start = start
    self.orientation = orientation
    sinMask = SinCos(mask * Double.pi / 180).sin
    minutesAtStart = start.minutes(since: epoch)
    step = satellite.lookStep
    guard case .fixed(let observer) = viewpoint else {
      reach = nil
      return
    }
    reach = Reach(
      satellite: satellite, minutes: [minutesAtStart, end.minutes(since: epoch), 0],
      observer: observer, maskDeg: mask)
  }

  func moment(at time: Double) -> SkyMoment? {
    guard let state = itrf(at: time) else { return nil }
    let view = viewpoint.view(at: start.adding(seconds: time))
    var moment = SkyMoment(
      time: time, line: state.positionKm - view.observer.positionKm,
      rate: state.velocityKmS - view.velocityKmS, up: view.observer.up,
      upPerSecond: view.upPerSecond, sinMask: sinMask)
    if moment.clearance < 0, let reach {
      moment.safeLeap = reach.safeSeconds(at: state.positionKm)
    }
    return moment
  }

  func lookAngles(at time: Double) -> LookAngles? {
    itrf(at: time).map {
      viewpoint.view(at: start.adding(seconds: time)).observer.lookAngles(to: $0)
    }
  }

  private func itrf(at time: Double) -> ITRFState? {
    guard let state = try? satellite.state(minutesSinceEpoch: minutesAtStart + time / 60)
    else { return nil }
    return EarthRotation(at: start.adding(seconds: time), table: orientation).itrf(state)
  }
}
