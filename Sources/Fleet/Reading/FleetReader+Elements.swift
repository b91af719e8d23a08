import Network
import Orbits

extension FleetReader {
  /// The name of the one shell of a constellation that comes from an element file.
  private static let elementShellName = "elements"
  /// Of the problems of one element file, this many are shown.
  private static let shownElementProblems = 50

  /// How the satellites of an element file are arranged, as declared.
  private enum Arrangement {
    case unknown
    case inFileOrder(planes: Int, satellitesPerPlane: Int, wrap: Bool)
    case byRaan(planes: Int, spreadDeg: Double)
  }

  /// A shell from an element file: `{file:, planes:}`.
  mutating func elementShell(
    _ value: Value, constellation: String?, names: inout Namespace,
    readFile: (String) throws -> String
  ) -> Constellation.Shell? {
    names.declare(Self.elementShellName, at: value.node.place)
    return value.fields("an element file") { fields in
      let file = fields.required("file", example: "file: starlink.tle")
      let planes = fields.optional("planes")
      let arrangement = planes.map { self.arrangement($0) } ?? Arrangement.unknown
      guard let file, let elements = self.elements(file, readFile: readFile), let arrangement,
        let constellation, spendSatellites(elements.count, at: file)
      else { return nil }
      let named = SatelliteNames.unique(elements, constellation: constellation)
      return arrange(named, as: arrangement, at: planes ?? file)
    }
  }

  private func elements(
    _ value: Value, readFile: (String) throws -> String
  ) -> [ElementSet]? {
    guard let path = value.text("a path", example: "file: starlink.tle") else { return nil }
    let text: String
    do {
      text = try readFile(path)
    } catch {
      value.problem(
        "cannot read `\(shortened(path))`: \(error)",
        cure:
          "Check the path, which is relative to the manifest's folder, and the file's permissions.")
      return nil
    }
    let parsed = ElementSet.parse(text)
    report(parsed.problems, of: path, at: value)
    if parsed.elements.isEmpty, parsed.problems.isEmpty {
      value.problem(
        "`\(shortened(path))` has no element set",
        cure: "Give a file of TLEs, or of OMMs as CSV or JSON.")
    }
    let repeated = SatelliteNames.repeatedCatalogNumber(parsed.elements)
    if let repeated {
      value.problem(
        "`\(shortened(path))` has catalogue number \(repeated) twice",
        cure: "Keep one element set of each satellite, the newest.")
    }
    return parsed.problems.isEmpty && repeated == nil && !parsed.elements.isEmpty
      ? parsed.elements : nil
  }

  private func report(_ problems: [ElementSetProblem], of path: String, at value: Value) {
    for problem in problems.prefix(Self.shownElementProblems) {
      log.add(
        problem.message, cure: problem.cure,
        at: Place(line: problem.line, column: problem.column ?? 1), path: "", file: path)
    }
    if problems.count > Self.shownElementProblems {
      value.problem(
        "`\(shortened(path))` has \(problems.count) problems; the first "
          + "\(Self.shownElementProblems) are shown",
        cure: "Fetch the file again; it may be cut off or in another format.")
    }
  }

  private func arrangement(_ value: Value) -> Arrangement? {
    value.fields("a plane structure") { fields in
      switch fields.exactlyOne(of: ["inFileOrder", "byRaan"], example: "byRaan: 72") {
      case "inFileOrder":
        return fields.optional("inFileOrder").flatMap { value in
          value.fields("planes in file order") { fields in
            let planes = fields.required("planes", example: "planes: 72")
              .flatMap(planeCount)
            let perPlane = fields.required("satellitesPerPlane", example: "satellitesPerPlane: 22")
              .flatMap(planeCount)
            let spread = raanSpread(of: fields)
            guard let planes, let perPlane, let spread else { return nil }
            return .inFileOrder(planes: planes, satellitesPerPlane: perPlane, wrap: spread == 360)
          }
        }
      case "byRaan":
        let planes = fields.optional("byRaan").flatMap(planeCount)
        let spread = raanSpread(of: fields)
        guard let planes, let spread else { return nil }
        return .byRaan(planes: planes, spreadDeg: spread)
      default:
        return nil
      }
    }
  }

  private func planeCount(_ value: Value) -> Int? {
    value.integer("a number", in: 1...10_000, example: "byRaan: 72")
  }

  private func raanSpread(of fields: Fields) -> Double? {
    guard let value = fields.optional("raanSpread") else { return 360 }
    return value.quantity(.angle, in: 1...360, example: "raanSpread: 180 deg")
  }

  private func arrange(
    _ satellites: [ElementSet], as arrangement: Arrangement, at value: Value
  ) -> Constellation.Shell? {
    var shell = Constellation.Shell(name: Self.elementShellName, satellites: satellites)
    switch arrangement {
    case .unknown:
      break
    case .inFileOrder(let planes, let perPlane, let wrap):
      guard planes * perPlane == satellites.count else {
        value.problem(
          "\(planes) planes of \(perPlane) are \(planes * perPlane) satellites, but the file has "
            + "\(satellites.count)",
          cure: "Correct the numbers, or write `byRaan: \(planes)`.")
        return nil
      }
      shell.planes = (0..<planes).map { Array($0 * perPlane..<($0 + 1) * perPlane) }
      shell.planesWrap = wrap
    case .byRaan(let planes, let spread):
      let found = PlaneStructure.byRaan(satellites, planes: planes, spreadDeg: spread)
      let empty = found.count { $0.isEmpty }
      guard empty == 0 else {
        value.problem(
          "\(empty) of the \(planes) planes would have no satellite",
          cure: "Give the number of planes that the file's satellites really fly in.")
        return nil
      }
      shell.planes = found
      shell.planesWrap = spread == 360
    }
    return shell
  }
}
