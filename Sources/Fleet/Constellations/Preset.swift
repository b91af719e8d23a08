import Network
import Orbits

/// A constellation's geometry as its public filing has it.
///
/// The filings state altitude, inclination, planes and satellites per plane, and an elevation mask.
/// None of them states a Walker phasing, and most say nothing of RAAN at an epoch. Where a source
/// outside the filing is used, or nothing but an assumption, the preset says so.
struct Preset {
  /// The name in manifests, such as `starlink-gen1`.
  var name: String
  /// The shells, their names unique within the preset.
  var shells: [WalkerShell]
  var links: Constellation.InterSatelliteLinks
  var access: Constellation.AccessRule

  /// All presets.
  static let all = [starlinkGen1, kuiper, oneWeb, iridiumNext, telesatLightspeed]

  /// SpaceX Starlink generation 1: 4,408 satellites in five shells.
  ///
  /// Geometry and the mask of 25 degrees: FCC 21-48 (27 April 2021), which grants the third
  /// modification, SAT-MOD-20200417-00037. Phasing: F = 17 for the 53-degree shell is the value of
  /// Liang, Chaudhry and Yanikomeroglu, "Phasing Parameter Analysis for Satellite Collision Avoidance
  /// in Starlink and Kuiper Constellations" (arXiv 2109.13994), who find that no filing gives one;
  /// half a slot between neighbouring planes in the other shells is an assumption. RAAN spread over
  /// 360 degrees and laser links as +Grid within each shell are assumptions. The planes of the two
  /// 97.6-degree shells are 60 and 90 degrees apart, too far to see each other: those shells are bent
  /// pipes.
  static let starlinkGen1 = Preset(
    name: "starlink-gen1",
    shells: [
      shell("550", 72, 22, altitudeKm: 550, inclinationDeg: 53, phasing: .walker(F: 17)),
      shell("540", 72, 22, altitudeKm: 540, inclinationDeg: 53.2),
      shell("570", 36, 20, altitudeKm: 570, inclinationDeg: 70),
      shell("560a", 6, 58, altitudeKm: 560, inclinationDeg: 97.6),
      shell("560b", 4, 43, altitudeKm: 560, inclinationDeg: 97.6),
    ],
    links: .plusGrid, access: .minElevationDeg(25))

  /// Amazon Kuiper: 3,236 satellites in three shells.
  ///
  /// Geometry: FCC 20-102 (30 July 2020) on SAT-LOA-20190704-00057; the mask of 35 degrees is the
  /// application's. Phasing: F = 11 for the 610 km shell is Liang et al. (arXiv 2109.13994); half a
  /// slot in the others is an assumption, and so are the RAAN spread and the laser links as +Grid.
  static let kuiper = Preset(
    name: "kuiper",
    shells: [
      shell("630", 34, 34, altitudeKm: 630, inclinationDeg: 51.9),
      shell("610", 36, 36, altitudeKm: 610, inclinationDeg: 42, phasing: .walker(F: 11)),
      shell("590", 28, 28, altitudeKm: 590, inclinationDeg: 33),
    ],
    links: .plusGrid, access: .minElevationDeg(35))

  /// OneWeb phase 1 as first granted: 720 satellites, a Walker star, bent pipe.
  ///
  /// Geometry: FCC 17-77 (22 June 2017) on SAT-LOI-20160428-00041: 18 planes of 40, planes 10.2
  /// degrees of RAAN apart, neighbours half a slot out of step, as that application lists them.
  /// (What flies since is 12 planes of 49 at the same altitude and inclination.) The mask of
  /// 25 degrees is the value of Pachler, del Portillo, Crawley and Cameron, "An Updated Comparison of
  /// Four Low Earth Orbit Satellite Constellation Systems" (ICC Workshops 2021), an assumption for
  /// this generation. There are no inter-satellite links.
  static let oneWeb = Preset(
    name: "oneweb",
    shells: [
      shell("1200", 18, 40, altitudeKm: 1_200, inclinationDeg: 87.9, raanSpreadDeg: 183.6)
    ],
    links: .none, access: .minElevationDeg(25))

  /// Iridium NEXT: 66 satellites, a Walker star with radio cross-links.
  ///
  /// Geometry: SAT-MOD-20131227-00148 (FCC, granted 2016) and ITU filings of HIBLEO-2: 6 planes of 11
  /// at 780 km and 86.4 degrees, co-rotating planes 31.6 degrees apart, 22 at the seam, neighbours
  /// half a slot out of step; mask 8.2 degrees. The satellites have four cross-links each and none
  /// across the seam, which is +Grid without wrapping.
  static let iridiumNext = Preset(
    name: "iridium-next",
    shells: [shell("780", 6, 11, altitudeKm: 780, inclinationDeg: 86.4, raanSpreadDeg: 189.6)],
    links: .plusGrid, access: .minElevationDeg(8.2))

  /// Telesat Lightspeed as amended in 2020: 1,671 satellites, a polar star and an inclined shell.
  ///
  /// Geometry: SAT-MPL-20200526-00053 (26 May 2020), final phase. The mask of 10 degrees is the
  /// filing's, as Pachler et al. (ICC Workshops 2021) have it. Half a slot between neighbouring
  /// planes, and the RAAN spreads, 180 degrees for the polar and 360 for the inclined shell, are
  /// assumptions; laser links are taken as +Grid within each shell.
  static let telesatLightspeed = Preset(
    name: "telesat-lightspeed",
    shells: [
      shell("1015", 27, 13, altitudeKm: 1_015, inclinationDeg: 98.98, raanSpreadDeg: 180),
      shell("1325", 40, 33, altitudeKm: 1_325, inclinationDeg: 50.88),
    ],
    links: .plusGrid, access: .minElevationDeg(10))

  private static func shell(
    _ name: String, _ planes: Int, _ satellitesPerPlane: Int, altitudeKm: Double,
    inclinationDeg: Double, phasing: WalkerShell.Phasing = .alternating,
    raanSpreadDeg: Double = 360
  ) -> WalkerShell {
    WalkerShell(
      name: name, planes: planes, satellitesPerPlane: satellitesPerPlane,
      orbit: .altitudeKm(altitudeKm), inclinationDeg: inclinationDeg, phasing: phasing,
      raanSpreadDeg: raanSpreadDeg, firstRaanDeg: 0)
  }
}
