import Fleet
import Foundation
import Network
import Simulation

/// A fleet read from its manifest.
struct FleetFile {
  let path: String
  let fleet: Fleet
  /// What the manifest and the files that it names hold.
  let digest: ContentDigest

  /// Reads and validates a manifest; every problem is in the error.
  init(path: String) throws {
    self.path = path
    let folder = Self.folder(of: path)
    var digest = ContentDigest()
    do {
      let manifest = try readText(path)
      digest.add(manifest)
      self.fleet = try Fleet.load(yaml: manifest, file: path) { name in
        let text = try readText(name.hasPrefix("/") ? name : "\(folder)/\(name)")
        digest.add(text)
        return text
      }
      self.digest = digest
    } catch let problems as FleetProblems {
      throw ManifestProblems(path: path, problems: problems.problems)
    }
  }

  /// The folder that a manifest's relative paths start from.
  static func folder(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
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
    if let backend = fleet.backends.first(where: { $0.name == name }) {
      throw InputError(
        description: "\(path): \(option) \(name) is a backend: ask for its place, "
          + "\(option) \(backend.location.name)")
    }
    throw InputError(
      description: "\(path): \(option) \(name): no such site; there are "
        + names.joined(separator: ", "))
  }

  /// Checks that a name is an uplink of one of the two ends of a path.
  func requireUplink(_ name: String?, from: String, to: String) throws {
    guard let name else { return }
    let uplinks = [from, to].compactMap(fleet.site(named:)).flatMap(\.uplinks).map(\.name)
    guard !uplinks.contains(name) else { return }
    throw InputError(
      description: "\(path): --uplink \(name): no such uplink at \(from); there are "
        + (uplinks.isEmpty ? "none" : uplinks.joined(separator: ", ")))
  }
}

/// What is wrong with a manifest, problem by problem.
struct ManifestProblems: Error {
  var path: String
  var problems: [FleetProblem]

  var summary: String {
    "\(path): \(problems.count) problem\(problems.count == 1 ? "" : "s")"
  }

  /// All problems as one message.
  var asInputError: InputError {
    let lines = problems.map(\.description).joined(separator: "\n")
    return InputError(description: "\(summary)\n\(lines)")
  }
}
