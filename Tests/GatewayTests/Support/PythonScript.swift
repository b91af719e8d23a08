import Foundation
import TestSupport

/// Runs the scripts in `Python/` with the interpreter that `PERIGEE_PYTHON` names.
enum PythonScript {
  struct Outcome {
    var status: Int32
    var output: String
  }

  static let interpreter = ProcessInfo.processInfo.environment["PERIGEE_PYTHON"]

  /// Whether the interpreter has the `openai` package.
  static let hasOpenAI = python(interpreter, has: "openai")
  /// Whether it has the packages of all clients that the gateway is checked with.
  static let hasEveryClient = python(
    interpreter, has: "openai, anthropic, langchain_openai, langchain_anthropic, llm")

  /// Runs a script against the gateway on `port`; a failed assertion in it is a status other than 0.
  static func run(_ name: String, port: Int, key: String) async throws -> Outcome {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Python")
    let process = ChildProgram.process(
      URL(fileURLWithPath: interpreter ?? ""), [folder.appendingPathComponent(name).path])
    process.environment = ProcessInfo.processInfo.environment.merging([
      "OPENAI_BASE_URL": "http://127.0.0.1:\(port)/v1", "OPENAI_API_KEY": key,
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:\(port)", "ANTHROPIC_API_KEY": key,
      "PYTHONDONTWRITEBYTECODE": "1",
    ]) { $1 }
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
    return Outcome(status: process.terminationStatus, output: output)
  }
}
