import Network

/// Reads the tree of a manifest into a fleet.
///
/// The parts stand in extensions, one for each kind of resource. A part that cannot be read is left
/// out of the result, but its name counts as declared, so that one mistake is one problem.
struct FleetReader {
  let log: ProblemLog

  /// Sites and zones share one namespace: both are where backends are.
  var locations = Namespace("site or zone")
  var constellationNames = Namespace("constellation")
  var backendNames = Namespace("backend")
  /// The kind of each site; `nil` where it could not be read.
  var siteKinds: [String: Site.Kind?] = [:]
  var zoneNames: Set<String> = []
  /// The shells of each constellation.
  var shellNames: [String: Namespace] = [:]

  /// Names that one resource uses for another, to be resolved when all are known.
  var references: [Reference] = []
  /// What is to be checked when all sites are known.
  var geostationaryLegs: [GeostationaryLeg] = []
  var landings: [Landing] = []
  var zoneValues: [(zone: OrbitalZone, value: Value)] = []
  /// How many satellites have been expanded so far.
  var satelliteCount = 0

  init(log: ProblemLog) { self.log = log }

  /// The fleet under `root`; `nil`, or one not to be used, where the log has problems.
  mutating func read(_ root: Value, readFile: (String) throws -> String) -> Fleet? {
    root.fields("a fleet") { fields in
      var fleet = Fleet(name: "")
      fleet.name =
        fields.required("name", example: "name: my-fleet")?.name("the fleet's name") ?? ""
      fleet.seed = fields.optional("seed").flatMap(seed) ?? 1
      fleet.constellations = list(fields.optional("constellations"), of: "constellations")
        .compactMap {
          constellation($0, readFile: readFile)
        }
      fleet.zones = list(fields.optional("zones"), of: "zones").compactMap { zone($0) }
      fleet.sites = list(fields.required("sites", example: "sites:"), of: "sites").compactMap {
        site($0)
      }
      fleet.fibers = fibers(fields.optional("fibers"))
      fleet.backends = list(fields.optional("backends"), of: "backends").compactMap { backend($0) }
      fleet.gateway = fields.optional("gateway").flatMap { gateway($0) }
      resolveReferences()
      checkGeometry(of: fleet)
      return fleet
    }
  }

  /// The elements of an optional list.
  func list(_ value: Value?, of what: String) -> [Value] { value?.list(what) ?? [] }

  private func seed(_ value: Value) -> UInt64? {
    value.integer("a seed", in: 0...Int.max, example: "seed: 1").map(UInt64.init)
  }
}
