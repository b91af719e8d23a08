import Fleet
import Foundation
import Testing

/// The manifests the tests read, and how they read them.
enum Manifests {
  /// The root of the package.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The names of the manifests in `examples`.
  static let examples = ["tristan-da-cunha", "polar-station", "research-vessel", "hypatia"]

  static func example(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: "examples/\(name).yaml"), encoding: .utf8)
  }

  /// Loads a manifest that names no element file.
  static func load(_ yaml: String, file: String = "fleet.yaml") throws(FleetProblems) -> Fleet {
    try Fleet.load(yaml: yaml, file: file) { _ in throw MissingFile() }
  }

  /// The problems of a manifest; empty where it loads.
  static func problems(
    of yaml: String, readFile: (String) throws -> String = { _ in throw MissingFile() }
  ) -> [FleetProblem] {
    do {
      _ = try Fleet.load(yaml: yaml, file: "fleet.yaml", readFile: readFile)
      return []
    } catch {
      return error.problems
    }
  }

  struct MissingFile: Error, CustomStringConvertible {
    var description: String { "no such file" }
  }
}
