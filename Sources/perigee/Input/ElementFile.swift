import Foundation
import Orbits

/// Element sets read from a file, and what was wrong with the rest.
struct ElementFile {
  let path: String
  let elements: [ElementSet]
  private let problems: [ElementSetProblem]

  /// Reads a file; what is wrong with single sets is told on standard error and does not stop the others.
  init(path: String) throws {
    self.path = path
    let parsed = ElementSet.parse(try readText(path))
    self.elements = parsed.elements
    self.problems = parsed.problems
    for problem in problems.prefix(20) {
      writeError("\(problem.isWarning ? "warning: " : "")\(path): \(problem)\n")
    }
    if problems.count > 20 {
      writeError("\(path): and \(problems.count - 20) more\n")
    }
    if elements.isEmpty {
      throw InputError(description: "\(path): no usable element set")
    }
  }

  /// Ends the command with exit code 2 where sets had to be left out, after the others were shown.
  func failIfIncomplete() throws {
    let rejected = problems.count { !$0.isWarning }
    guard rejected > 0 else { return }
    throw InputError(
      description: "\(path): \(rejected) element set(s) left out, \(elements.count) used")
  }
}

/// The text of a file, or an error that names it.
func readText(_ path: String) throws -> String {
  do {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return String(decoding: data, as: UTF8.self)
  } catch {
    let isMissing = !FileManager.default.fileExists(atPath: path)
    throw InputError(
      description: "\(path): \(isMissing ? "no such file" : "can't be read"): check the path")
  }
}
