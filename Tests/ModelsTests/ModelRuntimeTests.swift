import Foundation
import Testing

@testable import Models

@Suite("Finding and verifying a model's files")
struct ModelRuntimeTests {
  @Test("the environment variable comes before the state folder")
  func order() {
    let named = ModelRuntime(
      stateDirectory: "state", environment: [ModelRuntime.pythonVariable: "/named/python"])
    #expect(named.pythonPath == "/named/python")
    for environment in [[:], [ModelRuntime.pythonVariable: ""]] {
      let folder = ModelRuntime(stateDirectory: "state", environment: environment)
      #expect(folder.pythonPath == "state/venv/bin/python")
    }
  }

  @Test("a child inherits nothing but the allowed variables")
  func environment() {
    let minimal = ChildEnvironment.minimal(from: [
      "PATH": "/bin", "OPENAI_API_KEY": "sk-secret", "HTTPS_PROXY": "user:password@proxy",
    ])
    #expect(minimal == ["PATH": "/bin", "OMP_NUM_THREADS": "1"])
  }

  @Test("no interpreter: a typed error with the cure")
  func noPython() async throws {
    let folder = try ScratchFolder()
    let runtime = ModelRuntime(stateDirectory: folder.path, environment: [:])
    let expected = ModelError.noPython(
      path: "\(folder.path)/venv/bin/python", source: "the state folder")
    await #expect(throws: expected) { try await runtime.locate(Provision.model) }
    #expect(expected.description.contains("make models"))
  }

  @Test("an interpreter that fails or babbles: a typed error that quotes it")
  func brokenPython() async throws {
    let folder = try ScratchFolder()
    for body in ["echo no such module >&2; exit 3", "echo hello"] {
      let python = try await folder.script("python", body)
      let error = await #expect(throws: ModelError.self) {
        try await Provision.runtime(folder, python: python).locate(Provision.model)
      }
      guard case .inspectionFailed(python, let reason) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      if body.contains("exit 3") {
        #expect(reason.contains("code 3") && reason.contains("no such module"))
      }
    }
  }

  @Test("missing packages and other versions are told apart", .provisioned)
  func wrongPackages() async throws {
    let folder = try ScratchFolder()
    let runtime = Provision.runtime(folder)
    let missing = PinnedPackage(name: "no-such-package-as-this", version: "1.0")
    await #expect(
      throws: ModelError.wrongPackage(missing, found: nil, python: Provision.python)
    ) { try await runtime.locate(Provision.model.with(engine: missing)) }

    let other = PinnedPackage(name: Provision.model.engine.name, version: "0.0.1")
    await #expect(
      throws: ModelError.wrongPackage(
        other, found: Provision.model.engine.version, python: Provision.python)
    ) { try await runtime.locate(Provision.model.with(engine: other)) }

    await #expect(throws: ModelError.noWeights(path: "nowhere/at-all.gguf")) {
      try await runtime.locate(Provision.model.with(path: "nowhere/at-all.gguf"))
    }
  }

  @Test("weights with another hash are refused", .provisioned)
  func corrupt() async throws {
    let folder = try ScratchFolder()
    let expected = String(repeating: "0", count: 64)
    let error = await #expect(throws: ModelError.self) {
      try await Provision.runtime(folder).locate(Provision.model.with(sha256: expected))
    }
    guard case .corruptWeights(let path, expected, Provision.model.sha256) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix(Provision.model.path))
  }

  @Test("the hash is computed once, and again when the file's size or time differs", .provisioned)
  func remembered() async throws {
    let folder = try ScratchFolder()
    let runtime = Provision.runtime(folder)
    let first = try await runtime.locate(Provision.model)
    #expect(first.weightsPath.hasSuffix(Provision.model.path))

    // Were the file hashed again, the forged verdict would not come back.
    let report = "\(runtime.folder)/\(Provision.model.name).json"
    let honest = try String(contentsOfFile: report, encoding: .utf8)
    #expect(honest.contains(Provision.model.sha256))
    let forged = honest.replacing(Provision.model.sha256, with: "f00d")
    try forged.write(toFile: report, atomically: true, encoding: .utf8)
    await #expect(throws: ModelError.self) { try await runtime.locate(Provision.model) }

    let stale = forged.replacing("\"size\": ", with: "\"size\": 1")
    try stale.write(toFile: report, atomically: true, encoding: .utf8)
    #expect(try await runtime.locate(Provision.model) == first)
  }
}

extension CatalogueModel {
  /// The same model but for one part.
  func with(engine: PinnedPackage? = nil, path: String? = nil, sha256: String? = nil) -> Self {
    CatalogueModel(
      name: name, engine: engine ?? self.engine, weights: weights, path: path ?? self.path,
      sha256: sha256 ?? self.sha256, sizeBytes: sizeBytes, licence: licence,
      trainedContextTokens: trainedContextTokens)
  }
}
