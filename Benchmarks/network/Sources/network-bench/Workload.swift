import Foundation
import Network
import Orbits

/// One shell of satellites, and stations that use those within a slant range.
struct Workload {
  /// When the element sets are of, and what times are counted from.
  static let epoch = UTC(year: 2000, month: 1, day: 1)

  let topology: Topology

  /// `shell` is PLANES,SLOTS,REVOLUTIONS A DAY,INCLINATION,SLANT RANGE KM, or PLANES,SLOTS,FILE OF
  /// TLES,SLANT RANGE KM; `stations` a CSV file whose second to fourth columns are a name, a latitude
  /// and a longitude.
  init?(shell: String, stations: String) {
    let fields = shell.split(separator: ",").map(String.init)
    guard fields.count >= 4, let planes = Int(fields[0]), let slots = Int(fields[1]),
      let rangeKm = Double(fields[fields.count - 1]),
      let satellites = Self.satellites(planes, slots, fields[2..<fields.count - 1]),
      let text = try? String(contentsOfFile: stations, encoding: .utf8)
    else { return nil }
    let sites = text.split(separator: "\n").compactMap { line -> Site? in
      let columns = line.split(separator: ",")
      guard columns.count > 3, let latitude = Double(columns[2]), let longitude = Double(columns[3])
      else { return nil }
      let place = Geodetic(latitudeDeg: latitude, longitudeDeg: longitude)
      return Site(name: String(columns[1]), kind: .groundStation, track: .fixed(place))
    }
    topology = Topology(
      constellations: [
        Constellation(
          name: "s",
          shells: [
            Constellation.Shell(
              name: "1", satellites: satellites,
              planes: (0..<planes).map { Array($0 * slots..<($0 + 1) * slots) })
          ],
          links: .plusGrid, access: .maxSlantRangeKm(rangeKm))
      ],
      sites: sites)
  }

  private static func satellites(
    _ planes: Int, _ slots: Int, _ source: ArraySlice<String>
  ) -> [ElementSet]? {
    let numbers = source.compactMap { Double($0) }
    if numbers.count == 2 {
      return WalkerShell(
        name: "s", planes: planes, satellitesPerPlane: slots,
        orbit: .meanMotionRevPerDay(numbers[0]), inclinationDeg: numbers[1], phasing: .alternating
      ).elementSets(epoch: epoch, firstCatalogNumber: 1)
    }
    guard let file = source.first, let text = try? String(contentsOfFile: file, encoding: .utf8)
    else { return nil }
    let sets = ElementSet.parse(text).elements
    return sets.count == planes * slots ? sets : nil
  }
}
