import Fleet
import Foundation
import Network

/// A fleet read from its manifest.
struct FleetFile {
  let path: String
  let fleet: Fleet

  /// Reads and validates a manifest; every problem is in the error.
  init(path: String) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      self.fleet = try Fleet.load(yaml: try readText(path), file: path) { name in
        try readText(
          name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path)
      }
    } catch let problems as FleetProblems {
      let lines = problems.problems.map(\.description).joined(separator: "\n")
      let count = problems.problems.count
      throw InputError(
        description: "\(path): \(count) problem\(count == 1 ? "" : "s")\n\(lines)")
    }
  }

  /// The fleet's network.
  var topology: Topology {
    Topology(
      constellations: fleet.constellations, sites: fleet.sites, fibers: fleet.fibers,
      zones: fleet.zones)
  }

  /// Checks that a name is a site (or, where allowed, an orbital zone) of the fleet.
  func requirePlace(_ name: String, option: String, zones: Bool = false) throws {
    var names = fleet.sites.map(\.name)
    if zones { names += fleet.zones.map(\.name) }
    guard !names.contains(name) else { return }
    throw InputError(
      description: "\(path): \(option) \(name): no such site; there are "
        + names.joined(separator: ", "))
  }
}
