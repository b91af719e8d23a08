import Orbits
import Testing

@testable import Network

/// The constellations of the public filings, as the manifest's presets have them, with a few stations.
enum FiledShells {
  struct Filed: Sendable, CustomTestStringConvertible {
    var name: String
    var shells: [WalkerShell]
    var links: Constellation.InterSatelliteLinks = .plusGrid
    var maskDeg: Double
    var testDescription: String { name }
  }

  static let all = [
    Filed(
      name: "starlink-gen1",
      shells: [
        shell(72, 22, 550, 53, phasing: .walker(F: 17)), shell(72, 22, 540, 53.2),
        shell(36, 20, 570, 70), shell(6, 58, 560, 97.6), shell(4, 43, 560, 97.6),
      ], maskDeg: 25),
    Filed(
      name: "kuiper",
      shells: [
        shell(34, 34, 630, 51.9), shell(36, 36, 610, 42, phasing: .walker(F: 11)),
        shell(28, 28, 590, 33),
      ], maskDeg: 35),
    Filed(
      name: "oneweb", shells: [shell(18, 40, 1_200, 87.9, spreadDeg: 183.6)], links: .none,
      maskDeg: 25),
    Filed(name: "iridium-next", shells: [shell(6, 11, 780, 86.4, spreadDeg: 189.6)], maskDeg: 8.2),
    Filed(
      name: "telesat-lightspeed",
      shells: [shell(27, 13, 1_015, 98.98, spreadDeg: 180), shell(40, 33, 1_325, 50.88)],
      maskDeg: 10),
  ]

  static let epoch = UTC(year: 2026, month: 1, day: 1)

  static let stations: [Site] = [
    ("new-york", 40.72, -74.0), ("london", 51.51, -0.13), ("singapore", 1.29, 103.85),
    ("johannesburg", -26.2, 28.04), ("tokyo", 35.69, 139.69), ("punta-arenas", -53.16, -70.91),
    ("tromso", 69.65, 18.96), ("quito", -0.18, -78.47), ("perth", -31.95, 115.86),
    ("honolulu", 21.31, -157.86),
  ].map {
    Site(
      name: $0.0, kind: .groundStation,
      track: .fixed(Geodetic(latitudeDeg: $0.1, longitudeDeg: $0.2)))
  }

  /// A constellation over the stations; `lost` satellites, by number, have no usable elements.
  static func topology(_ filed: Filed, lost: Set<Int> = []) -> Topology {
    var number = 0
    let shells = filed.shells.enumerated().map { index, walker in
      var sets = walker.elementSets(epoch: epoch, firstCatalogNumber: 1 + number)
      for place in sets.indices where lost.contains(number + place) {
        sets[place].eccentricity = 1.5
      }
      number += sets.count
      return Constellation.Shell(
        name: "\(index)", satellites: sets, planes: walker.planeIndices,
        planesWrap: walker.raanSpreadDeg >= 360)
    }
    return Topology(
      constellations: [
        Constellation(
          name: "c", shells: shells, links: filed.links, access: .minElevationDeg(filed.maskDeg))
      ],
      sites: stations)
  }

  private static func shell(
    _ planes: Int, _ slots: Int, _ altitudeKm: Double, _ inclinationDeg: Double,
    phasing: WalkerShell.Phasing = .alternating, spreadDeg: Double = 360
  ) -> WalkerShell {
    WalkerShell(
      name: "s\(altitudeKm)", planes: planes, satellitesPerPlane: slots,
      orbit: .altitudeKm(altitudeKm), inclinationDeg: inclinationDeg, phasing: phasing,
      raanSpreadDeg: spreadDeg)
  }
}
