import Foundation

/// The Python environment that holds the llama.cpp server and the weights.
///
/// `make models` (which `make up` runs) creates it. Looked for in this order:
/// 1. the interpreter that the environment variable `PERIGEE_MODELS_PYTHON` names;
/// 2. `venv/bin/python` in the state folder.
public struct ModelRuntime: Sendable, Hashable {
  /// The environment variable that names another interpreter.
  public static let pythonVariable = "PERIGEE_MODELS_PYTHON"

  /// The interpreter's path, whether or not it exists.
  public let pythonPath: String
  /// Where `pythonPath` comes from, for error messages.
  public let pythonSource: String
  /// The folder for logs and for what is known of the weights, inside the state folder.
  public let folder: String
  /// What a child process inherits.
  let childEnvironment: [String: String]

  /// A runtime for a node that keeps its state in `stateDirectory`.
  public init(
    stateDirectory: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    if let named = environment[Self.pythonVariable], !named.isEmpty {
      pythonPath = named
      pythonSource = Self.pythonVariable
    } else {
      pythonPath = "\(stateDirectory)/venv/bin/python"
      pythonSource = "the state folder"
    }
    folder = "\(stateDirectory)/models"
    childEnvironment = ChildEnvironment.minimal(from: environment)
  }

  /// Finds `model` and verifies it: the packages' versions, and the weights' SHA-256.
  ///
  /// The hash is computed once per file: it is remembered with the file's size and time of change.
  ///
  /// - Throws: the `ModelError` that says what is missing and how to get it.
  public func locate(_ model: CatalogueModel) async throws(ModelError) -> LocatedModel {
    guard FileManager.default.isExecutableFile(atPath: pythonPath) else {
      throw .noPython(path: pythonPath, source: pythonSource)
    }
    let inspection = try await Inspection.run(model, in: self)
    for package in [model.engine, model.weights] {
      let found = inspection.versions[package.name]
      guard found == package.version else {
        throw .wrongPackage(package, found: found, python: pythonPath)
      }
    }
    guard let weights = inspection.weights else { throw .noWeights(path: model.path) }
    guard weights.sha256 == model.sha256 else {
      throw .corruptWeights(path: weights.path, expected: model.sha256, found: weights.sha256)
    }
    return LocatedModel(model: model, python: pythonPath, weightsPath: weights.path)
  }

  /// The file that takes what the process called `name` prints.
  func log(named name: String, limitBytes: Int) -> ChildLog {
    let file = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
    return ChildLog(path: "\(folder)/\(String(file)).log", limitBytes: limitBytes)
  }
}

/// A model whose files were found and verified.
public struct LocatedModel: Sendable, Hashable {
  /// What it is.
  public let model: CatalogueModel
  /// The interpreter that can serve it.
  public let python: String
  /// The GGUF.
  public let weightsPath: String
}
