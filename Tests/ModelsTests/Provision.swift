import Foundation
import Testing

@testable import Models

/// The Python environment that `make models` provides, if it has.
enum Provision {
  static let model = ModelCatalogue.standard.models[0]

  static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The interpreter to test with: the one the environment names, else the state folder's.
  static let python = ModelRuntime(stateDirectory: "\(packageRoot)/.perigee").pythonPath

  static let isAvailable = FileManager.default.isExecutableFile(atPath: python)

  /// A runtime with the provisioned interpreter and `folder` for its state.
  static func runtime(_ folder: ScratchFolder, python: String = Self.python) -> ModelRuntime {
    var environment = ProcessInfo.processInfo.environment
    environment[ModelRuntime.pythonVariable] = python
    return ModelRuntime(stateDirectory: folder.path, environment: environment)
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips, saying so, where there is no llama.cpp server to test with.
  static var provisioned: Self {
    .enabled(
      if: Provision.isAvailable, "no Python at \(Provision.python): `make models` provides it")
  }
}

/// A folder that is removed with the value's last reference.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "perigee-models-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes an executable shell script and returns its path.
  ///
  /// A child writes it: were the test process itself to, a child forked meanwhile by another test
  /// would hold the file open for writing, and starting it would fail with "text file busy".
  func script(_ name: String, _ body: String) async throws -> String {
    let file = "\(path)/\(name)"
    let writer = try ChildProcess(
      executable: "/bin/sh", arguments: ["-c", "cat > '\(file)' && chmod 755 '\(file)'"],
      environment: ["PATH": "/usr/bin:/bin"], input: "#!/bin/sh\n\(body)\n", log: 2)
    let exit = await writer.exit()
    try #require(exit == .code(0))
    return file
  }
}

/// Waits until `condition` holds; false if it never does within a limit that only a hang reaches.
func eventually(
  within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    if ContinuousClock.now > deadline { return false }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return true
}
