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
  /// The azimuth at culmination, degrees from north through east.
  public var culminationAzimuthDeg: Double
  /// Whether the satellite was already above the mask when the window, or the span of time that its
  /// element set can be propagated for, began.
  public var startsBeforeWindow: Bool
  /// Whether it was still above the mask when the window, or the span of time that its element set
  /// can be propagated for, ended.
  public var endsAfterWindow: Bool
  /// When the satellite is lit and seen, where that was asked for.
  public var light: PassLight?

  /// Creates a pass.
  public init(
    aos: UTC, los: UTC, culmination: UTC, maxElevationDeg: Double, aosAzimuthDeg: Double,
    losAzimuthDeg: Double, culminationAzimuthDeg: Double, startsBeforeWindow: Bool = false,
    endsAfterWindow: Bool = false, light: PassLight? = nil
  ) {
    self.aos = aos
    self.los = los
    self.culmination = culmination
    self.maxElevationDeg = maxElevationDeg
    self.aosAzimuthDeg = aosAzimuthDeg
    self.losAzimuthDeg = losAzimuthDeg
    self.culminationAzimuthDeg = culminationAzimuthDeg
    self.startsBeforeWindow = startsBeforeWindow
    self.endsAfterWindow = endsAfterWindow
    self.light = light
  }

  /// How long it lasts, seconds.
  public var durationSeconds: Double { los.seconds(since: aos) }

  /// Whether the satellite stays above the mask from the window's start to its end, as geostationary
  /// ones do.
  public var isUpThroughout: Bool { startsBeforeWindow && endsAfterWindow }
}

extension Satellite {
  /// The passes over a place between two instants, in order of time.
  ///
  /// AOS, LOS and culmination are found to a millisecond. No pass is missed, however short: the search
  /// follows every culmination, and leaps only over times at which the satellite is too far from
  /// the place to reach the mask. A pass that the window cuts is told as such. A satellite that
  /// decays ends its last pass where the prediction ends; a geostationary one gives one pass or none.
  ///
  /// - Parameters:
  ///   - place: Where the observer is.
  ///   - start: The window's start.
  ///   - end: The window's end; a window that is empty has no passes.
  ///   - maskDeg: The elevation that counts as risen, degrees.
  ///   - orientation: Measured earth orientation; without it passes are off by up to 0.1 s.
  ///   - light: Whether to work out ``Pass/light``.
  public func passes(
    over place: Geodetic, from start: UTC, to end: UTC, maskDeg: Double = 0,
    orientation: EarthOrientationTable? = nil, light: Bool = false
  ) -> [Pass] {
    passes(
      seenFrom: .fixed(Observer(place)), from: start, to: end, maskDeg: maskDeg,
      orientation: orientation, light: light)
  }

  /// The passes over an observer that moves: a ship, an aircraft. As exact as those over a place.
  public func passes(
    over observer: MovingObserver, from start: UTC, to end: UTC, maskDeg: Double = 0,
    orientation: EarthOrientationTable? = nil, light: Bool = false
  ) -> [Pass] {
    passes(
      seenFrom: .moving(observer), from: start, to: end, maskDeg: maskDeg,
      orientation: orientation, light: light)
  }

  func passes(
    seenFrom viewpoint: Viewpoint, from start: UTC, to end: UTC, maskDeg: Double,
    orientation: EarthOrientationTable?, light: Bool
  ) -> [Pass] {
    guard start < end else { return [] }
    var search = PassSearch(
      sky: SkyTrack(
        satellite: self, viewpoint: viewpoint, start: start, end: end, maskDeg: maskDeg,
        orientation: orientation))
    var passes = search.passes(until: end.seconds(since: start))
    guard light else { return passes }
    for index in passes.indices {
      passes[index].light = PassLight(
        of: passes[index], satellite: self, viewpoint: viewpoint, orientation: orientation)
    }
    return passes
  }
}
