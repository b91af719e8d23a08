/// A satellite above an elevation mask at a place, from AOS to LOS. Geometric: no refraction, no light
/// time.
public struct Pass: Hashable, Sendable {
  /// Acquisition of signal: when the satellite rises through the mask, or the window's start where
  /// ``startsBeforeWindow`` says so.
  public var aos: UTC
  /// Loss of signal: when it sinks through the mask, or the end where ``endsAfterWindow`` says so.
  public var los: UTC
  /// When it stands highest between AOS and LOS.
  public var culmination: UTC
  /// The elevation at culmination, degrees.
  public var maxElevationDeg: Double
  /// The azimuth at AOS, degrees from north through east.
  public var aosAzimuthDeg: Double
  /// The azimuth at LOS, degrees from north through east.
  public var losAzimuthDeg: Double
  /// Whether the satellite was already above the mask when the window, or the span of time that its
  /// element set can be propagated for, began.
  public var startsBeforeWindow: Bool
  /// Whether it was still above the mask when the window, or the span of time that its element set
  /// can be propagated for, ended.
  public var endsAfterWindow: Bool

  /// Creates a pass.
  public init(
    aos: UTC, los: UTC, culmination: UTC, maxElevationDeg: Double, aosAzimuthDeg: Double,
    losAzimuthDeg: Double, startsBeforeWindow: Bool = false, endsAfterWindow: Bool = false
  ) {
    self.aos = aos
    self.los = los
    self.culmination = culmination
    self.maxElevationDeg = maxElevationDeg
    self.aosAzimuthDeg = aosAzimuthDeg
    self.losAzimuthDeg = losAzimuthDeg
    self.startsBeforeWindow = startsBeforeWindow
    self.endsAfterWindow = endsAfterWindow
  }

  /// How long it lasts, seconds.
  public var durationSeconds: Double { los.seconds(since: aos) }
}

extension Satellite {
  /// The passes over a place between two instants, in order of time.
  ///
  /// AOS, LOS and culmination are found to a millisecond. No pass is missed, however short: the search
  /// follows every culmination, and leaps only over times at which the satellite is too far from
  /// the place to reach the mask. A pass that the window cuts is told as such. A satellite that
  /// decays ends its last pass where the prediction ends; a geostationary one gives one pass or none.
  public func passes(
    over place: Geodetic, from start: UTC, to end: UTC, maskDeg: Double = 0
  ) -> [Pass] {
    guard start < end else { return [] }
    var search = PassSearch(
      sky: SkyTrack(
        satellite: self, observer: Observer(place), start: start, end: end, maskDeg: maskDeg))
    return search.passes(until: end.seconds(since: start))
  }
}
