/// Why a model cannot be served, and what to do about it.
public enum ModelError: Error, Sendable, Hashable {
  /// The catalogue has no model of this name.
  case unknownModel(name: String, known: [String])
  /// No Python interpreter at `path`, which `source` named (an environment variable or a folder).
  case noPython(path: String, source: String)
  /// A package is missing from the environment, or is another version (`found`).
  case wrongPackage(PinnedPackage, found: String?, python: String)
  /// The package is there, its GGUF is not.
  case noWeights(path: String)
  /// The GGUF is not the file that Perigee was tested with.
  case corruptWeights(path: String, expected: String, found: String)
  /// The interpreter would not say what it has.
  case inspectionFailed(python: String, reason: String)
}

extension ModelError: CustomStringConvertible {
  /// One sentence for what is wrong, one for the cure.
  public var description: String {
    switch self {
    case .unknownModel(let name, let known):
      "unknown model \"\(name)\". Known models: \(known.joined(separator: ", "))"
    case .noPython(let path, let source):
      "no Python at \(path) (from \(source)). \(Self.cure)"
    case .wrongPackage(let package, nil, let python):
      "\(python) has no package \(package.name) (wanted \(package.version)). \(Self.cure)"
    case .wrongPackage(let package, let found?, let python):
      "\(python) has \(package.name) \(found), wanted \(package.version). \(Self.cure)"
    case .noWeights(let path):
      "the weights are missing: \(path). \(Self.cure)"
    case .corruptWeights(let path, let expected, let found):
      "\(path) has sha256 \(found), expected \(expected). Delete the environment, then: \(Self.cure)"
    case .inspectionFailed(let python, let reason):
      "\(python) could not be asked for its packages: \(reason). \(Self.cure)"
    }
  }

  private static let cure = "Run `make models`, which installs them by pinned version and hash"
}
