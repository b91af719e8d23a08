import Foundation
import TestSupport

/// Runs the scripts in `Python/` with the interpreter that `PERIGEE_PYTHON` names.
enum PythonProgram {
  static let interpreter = ProcessInfo.processInfo.environment["PERIGEE_PYTHON"]

  /// Whether the interpreter has the packages with which terminals are read and imitated.
  static let hasGRPC = python(interpreter, has: "starlink_grpc, grpc_reflection")

  private static func process(_ name: String, _ arguments: [String]) -> Process {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Python")
    let process = ChildProgram.process(
      URL(fileURLWithPath: interpreter ?? ""),
      [folder.appendingPathComponent(name).path] + arguments)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PYTHONDONTWRITEBYTECODE": "1"
    ]) { $1 }
    return process
  }

  /// Runs a script to its end; a failed assertion in it is a status other than 0.
  static func run(
    _ name: String, _ arguments: String...
  ) async throws -> (status: Int32, output: String) {
    let process = process(name, arguments)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        continuation.resume(returning: String(decoding: data, as: UTF8.self))
      }
    }
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// Runs a server that prints its port and ends with its input, for the length of `body`.
  static func serve<Result>(
    _ name: String, _ arguments: String..., body: (Int) async throws -> Result
  ) async throws -> Result {
    let process = process(name, arguments)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    let port = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
          byte != Data("\n".utf8)
        {
          line += byte
        }
        continuation.resume(returning: Int(String(decoding: line, as: UTF8.self)) ?? 0)
      }
    }
    return try await body(port)
  }
}
