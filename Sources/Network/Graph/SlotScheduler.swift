import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How an operator's global scheduler picks the satellite that serves a terminal during a slot.
///
/// A candidate's score is the sum of what it offers: elevation, the pole's side of the sky, sunlight,
/// and spare capacity; the highest score serves. Load is nothing anybody outside knows, so it is a
/// number drawn for each satellite and slot from the seed, the same for every terminal; as the scores
/// of loads follow Gumbel's law, a terminal picks each candidate with the odds `exp(score)` (D. McFadden,
/// "Conditional logit analysis of qualitative choice behavior", 1974).
///
/// ``published`` reproduces what Tanveer et al. measured of Starlink ("Making Sense of Constellations",
/// CoNEXT 2023) from four places at 40 to 48 degrees north: picks stand 22.9 degrees higher than
/// candidates in the median, 80 % at 45 degrees or more, 82 % on the northern half of the sky, and on
/// 72.3 % of the occasions when both sunlit and dark satellites are in view, one in the sun. That the
/// preference mirrors in the south and fades towards the equator is an assumption: the arc of the
/// geostationary satellites, which terminals must not point at, does.
public struct SlotScheduler: Sendable, Equatable {
  /// Log-odds of the zenith against the horizon; grows with the sine of elevation.
  public var elevationWeight: Double
  /// Log-odds of an azimuth towards the nearer pole against one due east or west, from 30 degrees of
  /// latitude on; grows with the azimuth's cosine.
  public var polewardWeight: Double
  /// Log-odds of a satellite in the sun against one in the Earth's shadow.
  public var sunlitWeight: Double
  /// How much load decides: 1 is as published, 0 is not at all.
  public var loadWeight: Double
  /// What the satellites' loads are drawn from.
  public var seed: UInt64

  /// Creates a scheduler.
  public init(
    elevationWeight: Double, polewardWeight: Double, sunlitWeight: Double, loadWeight: Double,
    seed: UInt64 = 0
  ) {
    self.elevationWeight = elevationWeight
    self.polewardWeight = polewardWeight
    self.sunlitWeight = sunlitWeight
    self.loadWeight = loadWeight
    self.seed = seed
  }

  /// Starlink's preferences as measured.
  public static let published = SlotScheduler(
    elevationWeight: 9.2, polewardWeight: 1.1, sunlitWeight: 2, loadWeight: 1)

  /// The highest satellite serves, whatever else.
  public static let highest = SlotScheduler(
    elevationWeight: 1, polewardWeight: 0, sunlitWeight: 0, loadWeight: 0)

  /// A satellite that could serve a terminal.
  public struct Candidate: Sendable {
    /// Where it stands in the terminal's sky at the slot's beginning.
    public var look: LookAngles
    /// Whether the sun shines on it.
    public var isSunlit: Bool
    /// How busy it is, in (0, 1).
    public var load: Double

    /// Creates a candidate.
    public init(look: LookAngles, isSunlit: Bool, load: Double) {
      self.look = look
      self.isSunlit = isSunlit
      self.load = load
    }
  }

  /// How busy a satellite is in a slot, in (0, 1).
  public func load(of satellite: String, in slot: Slot) -> Double {
    CounterRandom(seed: seed, name: satellite).unit(.satelliteLoad, slot: slot.index)
  }

  /// What a candidate offers a terminal at a latitude (degrees north); the highest score serves.
  public func score(_ candidate: Candidate, latitudeDeg: Double) -> Double {
    let hemisphere = max(-1, min(1, latitudeDeg / 30))
    let poleward = sineDeg(90 - candidate.look.azimuthDeg) * hemisphere
    // Gumbel's law from a uniform number.
    let spare = loadWeight == 0 ? 0 : -log(-log(1 - candidate.load))
    return elevationWeight * sineDeg(candidate.look.elevationDeg) + polewardWeight * poleward
      + (candidate.isSunlit ? sunlitWeight : 0) + loadWeight * spare
  }
}
