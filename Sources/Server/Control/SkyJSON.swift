import Network
import Orbits

/// The answer of `/api/sky`: where every satellite is.
struct SkyReport {
  let topology: Topology
  let time: UTC
  let withNames: Bool

  var json: JSON {
    let sky = topology.sky(at: time)
    let places = sky.positionsKm.indices.map { number in
      sky.isUsable[number]
        ? topology.place(of: .satellite(number), sky: sky)
        : Geodetic(latitudeDeg: .nan, longitudeDeg: .nan, altitudeKm: .nan)
    }
    var members: [(String, JSON)] = [
      ("time", .string(time.formatted(fractionDigits: 3))),
      ("lat", .array(places.map { .rounded($0.latitudeDeg, 2) })),
      ("lon", .array(places.map { .rounded($0.longitudeDeg, 2) })),
      ("alt", .array(places.map { .rounded($0.altitudeKm, 0) })),
      ("zone", .array(topology.zoneHosts.joined().map { .integer($0) })),
    ]
    if withNames { members.append(("names", .array(topology.satelliteNames.map { .string($0) }))) }
    return .object(members)
  }
}
