import Network
import Orbits

extension FleetReader {
  /// The epoch of generated shells where the manifest gives none: fixed, so that runs repeat.
  static let defaultEpoch = UTC(year: 2026, month: 1, day: 1)
  /// More satellites than this are refused.
  static let satelliteLimit = 100_000
  /// Generated satellites are numbered from here, far above every catalogue.
  private static let firstCatalogNumber = 900_000_001

  mutating func constellation(
    _ value: Value, readFile: (String) throws -> String
  ) -> Constellation? {
    value.fields("a constellation") { fields in
      let name = constellationNames.declare(fields.required("name", example: "name: starlink"))
      let source = fields.exactlyOne(
        of: ["preset", "shells", "elements"], example: "preset: starlink-gen1")
      var preset: Preset?
      var shells: [Constellation.Shell]?
      var shellNames = Namespace("shell")
      switch source {
      case "preset":
        preset = fields.optional("preset").flatMap(self.preset)
        let walkers = presetShells(preset, only: fields.optional("only"), names: &shellNames)
        shells = expand(walkers, constellation: name, epoch: epoch(of: fields), at: value)
      case "shells":
        let walkers = walkerShells(fields.optional("shells"), names: &shellNames)
        shells = expand(walkers, constellation: name, epoch: epoch(of: fields), at: value)
      case "elements":
        shells = fields.optional("elements").flatMap {
          elementShell($0, constellation: name, names: &shellNames, readFile: readFile)
        }.map { [$0] }
      default:
        for key in ["only", "epoch"] { _ = fields.has(key) }
      }
      if let name { self.shellNames[name] = shellNames }
      let declared = fields.optional("isls")?
        .word("a kind of inter-satellite links", as: Constellation.InterSatelliteLinks.self)
      let links = declared ?? preset?.links ?? .none
      let access = access(of: fields, preset: preset, needed: source != "preset")
      if links == .plusGrid {
        for shell in shells ?? [] { requirePlanes(shell, at: fields.optional("isls") ?? value) }
      }
      guard let name, let shells, let access else { return nil }
      return Constellation(
        name: name, shells: shells, links: links, access: access)
    }
  }

  private func epoch(of fields: Fields) -> UTC {
    fields.optional("epoch").flatMap(instant) ?? Self.defaultEpoch
  }

  private func access(
    of fields: Fields, preset: Preset?, needed: Bool
  ) -> Constellation.AccessRule? {
    let keys = ["minElevation", "maxSlantRange"]
    guard needed || keys.contains(where: fields.has) else { return preset?.access }
    switch fields.exactlyOne(of: keys, example: "minElevation: 25 deg") {
    case "minElevation":
      return fields.optional("minElevation")?
        .quantity(.angle, in: 0...90, example: "minElevation: 25 deg")
        .map(Constellation.AccessRule.minElevationDeg)
    case "maxSlantRange":
      return fields.optional("maxSlantRange")?
        .quantity(.distance, in: 100...50_000, example: "maxSlantRange: 1089.686 km")
        .map(Constellation.AccessRule.maxSlantRangeKm)
    default:
      return nil
    }
  }

  /// A +Grid needs to know who its neighbours are.
  private func requirePlanes(_ shell: Constellation.Shell, at value: Value) {
    guard shell.planes.isEmpty else { return }
    value.problem(
      "plusGrid needs to know which satellites share a plane, and the shell `\(shell.name)` does not say",
      cure: "Add `planes:` under `elements`, as in `planes: {byRaan: 72}`, or write `isls: none`.")
  }

  mutating func zone(_ value: Value) -> OrbitalZone? {
    value.fields("a zone") { fields in
      let nameValue = fields.required("name", example: "name: orbit")
      let name = locations.declare(nameValue)
      if let text = nameValue?.rawText { zoneNames.insert(text) }
      let constellationValue = fields.required(
        "constellation", example: "constellation: starlink")
      let constellation = reference(constellationValue, to: .constellation)
      let shellValue = fields.optional("shell")
      let shell = constellation.flatMap { reference(shellValue, to: .shell(of: $0)) }
      let planes = fields.optional("everyPlanes").flatMap(step)
      let slots = fields.optional("everySlots").flatMap(step)
      guard let name, let constellation else { return nil }
      let zone = OrbitalZone(
        name: name, constellation: constellation, shell: shell, everyPlanes: planes ?? 1,
        everySlots: slots ?? 1)
      zoneValues.append((zone, value))
      return zone
    }
  }

  private func step(_ value: Value) -> Int? {
    value.integer("a step", in: 1...10_000, example: "everyPlanes: 6")
  }
}

// MARK: - Generated shells

extension FleetReader {
  private func preset(_ value: Value) -> Preset? {
    guard let name = value.text("a preset", example: "preset: starlink-gen1") else { return nil }
    if let preset = Preset.all.first(where: { $0.name == name }) { return preset }
    value.problem(
      "there is no preset `\(shortened(name))`",
      cure: Suggestion.cure(for: name, among: Preset.all.map(\.name), otherwise: ""))
    return nil
  }

  private func presetShells(
    _ preset: Preset?, only: Value?, names: inout Namespace
  ) -> [WalkerShell]? {
    guard let preset else { return nil }
    for shell in preset.shells { names.declare(shell.name, at: .start) }
    guard let only else { return preset.shells }
    let known = preset.shells.map(\.name)
    let chosen = list(only, of: "shells").compactMap { value -> String? in
      guard let name = value.text("a shell's name", example: "only: [\(known[0])]") else {
        return nil
      }
      if known.contains(name) { return name }
      value.problem(
        "`\(preset.name)` has no shell `\(shortened(name))`",
        cure: Suggestion.cure(for: name, among: known, otherwise: ""))
      return nil
    }
    return preset.shells.filter { chosen.contains($0.name) }
  }

  private func walkerShells(_ value: Value?, names: inout Namespace) -> [WalkerShell]? {
    guard let value, let values = value.list("shells") else { return nil }
    if values.isEmpty {
      value.problem("the constellation has no shell", cure: "Add one, beginning with `- name:`.")
    }
    let shells = values.map { walkerShell($0, names: &names) }
    return shells.contains { $0 == nil } ? nil : shells.compactMap { $0 }
  }

  private func walkerShell(_ value: Value, names: inout Namespace) -> WalkerShell? {
    value.fields("a shell") { fields in
      let name = names.declare(fields.required("name", example: "name: s1"))
      let planes = fields.required("planes", example: "planes: 72")?
        .integer("a number of planes", in: 1...10_000, example: "planes: 72")
      let perPlane = fields.required("satellitesPerPlane", example: "satellitesPerPlane: 22")?
        .integer("a number of satellites", in: 1...10_000, example: "satellitesPerPlane: 22")
      let orbit = orbit(of: fields)
      let inclination = fields.required("inclination", example: "inclination: 53 deg")?
        .quantity(.angle, in: 0...180, example: "inclination: 53 deg")
      let phasing = phasing(fields.optional("phasing"), planes: planes)
      let spread = fields.optional("raanSpread")?
        .quantity(.angle, in: 1...360, example: "raanSpread: 180 deg")
      let first = fields.optional("firstRaan")?
        .quantity(.angle, in: -360...360, example: "firstRaan: 0 deg")
      guard let name, let planes, let perPlane, let orbit, let inclination, let phasing else {
        return nil
      }
      return WalkerShell(
        name: name, planes: planes, satellitesPerPlane: perPlane, orbit: orbit,
        inclinationDeg: inclination, phasing: phasing, raanSpreadDeg: spread ?? 360,
        firstRaanDeg: first ?? 0)
    }
  }

  private func orbit(of fields: Fields) -> WalkerShell.Orbit? {
    switch fields.exactlyOne(of: ["altitude", "meanMotion"], example: "altitude: 550 km") {
    case "altitude":
      fields.optional("altitude")?
        .quantity(.distance, in: 160...40_000, example: "altitude: 550 km")
        .map(WalkerShell.Orbit.altitudeKm)
    case "meanMotion":
      fields.optional("meanMotion")?
        .quantity(.meanMotion, in: 0.9...16.4, example: "meanMotion: 15.19 rev/day")
        .map(WalkerShell.Orbit.meanMotionRevPerDay)
    default: nil
    }
  }

  /// `alternating`, or Walker's F in [0, planes).
  private func phasing(_ value: Value?, planes: Int?) -> WalkerShell.Phasing? {
    guard let value else { return .walker(F: 0) }
    if case .scalar("alternating", _) = value.node.content { return .alternating }
    let last = Double(max(1, planes ?? 10_000) - 1)
    return value.number(
      "a phasing, Walker's F or `alternating`", in: 0...max(last, 0), example: "phasing: 17"
    ).map { .walker(F: $0) }
  }

  /// The satellites of Walker shells, named after constellation, shell, plane and slot.
  private mutating func expand(
    _ walkers: [WalkerShell]?, constellation: String?, epoch: UTC, at value: Value
  ) -> [Constellation.Shell]? {
    guard let walkers, let constellation else { return nil }
    let total = walkers.reduce(0) { $0 + $1.planes * $1.satellitesPerPlane }
    guard spendSatellites(total, at: value) else { return nil }
    var next = Self.firstCatalogNumber + satelliteCount - total
    return walkers.map { walker in
      var named = walker
      named.name = "\(constellation)-\(walker.name)"
      let satellites = named.elementSets(epoch: epoch, firstCatalogNumber: next)
      next += satellites.count
      return Constellation.Shell(
        name: walker.name, satellites: satellites, planes: PlaneStructure.rows(of: walker),
        planesWrap: walker.raanSpreadDeg == 360)
    }
  }

  /// Counts satellites against the limit; `false`, and a problem, where there are too many.
  mutating func spendSatellites(_ count: Int, at value: Value) -> Bool {
    satelliteCount += count
    if satelliteCount <= Self.satelliteLimit { return true }
    value.problem(
      "the fleet has \(satelliteCount) satellites up to here; \(Self.satelliteLimit) are allowed",
      cure: "Declare fewer planes or satellites, or fewer constellations.")
    return false
  }
}
