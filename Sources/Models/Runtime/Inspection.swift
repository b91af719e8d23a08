import Foundation
import Glibc

/// What a Python environment holds of a model, as the environment itself says.
struct Inspection: Codable, Sendable, Hashable {
  /// The weights' file as it was when it was hashed.
  struct Weights: Codable, Sendable, Hashable {
    let path: String
    let size: Int
    let modified: Int
    let sha256: String
  }

  /// Installed versions by package name; a missing package has none.
  let versions: [String: String]
  /// Nil when the environment has no such file.
  let weights: Weights?

  private struct Request: Encodable {
    let packages: [String]
    let path: String
    let report: String
  }

  /// Asks `runtime`'s interpreter. The answer is written to a file, which also spares the next
  /// inspection the hash.
  static func run(
    _ model: CatalogueModel, in runtime: ModelRuntime, deadline: Duration = .seconds(60)
  ) async throws(ModelError) -> Inspection {
    let report = "\(runtime.folder)/\(model.name).json"
    let request = Request(
      packages: [model.engine.name, model.weights.name], path: model.path, report: report)
    let log = runtime.log(named: "\(model.name).inspection", limitBytes: 100_000)
    log.trim()
    let before = log.sizeBytes
    do {
      let descriptor = try log.open()
      defer { close(descriptor) }
      let child = try ChildProcess(
        executable: runtime.pythonPath,
        arguments: ["-I", "-", String(decoding: try JSONEncoder().encode(request), as: UTF8.self)],
        environment: runtime.childEnvironment, input: script, log: descriptor)
      let guardian = Task.detached {
        try await Task.sleep(for: deadline)
        child.send(SIGKILL)
      }
      defer { guardian.cancel() }
      let exit = await child.exit()
      guard exit == .code(0) else {
        let said = log.lastLines(1, after: before).joined()
        throw ModelError.inspectionFailed(python: runtime.pythonPath, reason: "it \(exit) \(said)")
      }
      let data = try Data(contentsOf: URL(fileURLWithPath: report))
      return try JSONDecoder().decode(Inspection.self, from: data)
    } catch let error as ModelError {
      throw error
    } catch {
      throw .inspectionFailed(python: runtime.pythonPath, reason: "\(error)")
    }
  }

  /// Looks packages up by their metadata alone: nothing is imported, so it takes milliseconds.
  private static let script = """
    import hashlib, json, os, sys
    from importlib import metadata

    request = json.loads(sys.argv[1])
    report = request["report"]

    def version(name):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return None

    def remembered():
        try:
            with open(report) as file:
                return json.load(file)["weights"] or {}
        except (OSError, ValueError, KeyError):
            return {}

    def weights(path):
        status = os.stat(path)
        found = {"path": path, "size": status.st_size, "modified": status.st_mtime_ns}
        known = remembered()
        if all(known.get(key) == value for key, value in found.items()):
            return known
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return {**found, "sha256": digest.hexdigest()}

    paths = (os.path.join(folder, request["path"]) for folder in sys.path)
    path = next((path for path in paths if os.path.isfile(path)), None)
    versions = {name: version(name) for name in request["packages"]}
    answer = {
        "versions": {name: found for name, found in versions.items() if found},
        "weights": weights(path) if path else None,
    }
    draft = f"{report}.{os.getpid()}"
    with open(draft, "w") as file:
        json.dump(answer, file)
    os.replace(draft, report)
    """
}
