/// One thing that is wrong with a manifest, where it is, and what to do about it.
public struct FleetProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file: the manifest, or an element file that it names.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in Unicode scalars, from 1.
  public var column: Int
  /// The place in the manifest's tree, such as `sites[2].uplinks[0].down`; empty for the whole.
  public var path: String
  /// What is wrong.
  public var message: String
  /// What to write or do instead.
  public var cure: String

  /// Creates a problem.
  public init(
    file: String, line: Int, column: Int, path: String, message: String, cure: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.cure = cure
  }

  /// `FILE:LINE:COLUMN: message`, and the cure on a line of its own.
  public var description: String {
    "\(file):\(line):\(column): \(path.isEmpty ? "" : path + ": ")\(message)\n  \(cure)"
  }
}

/// Everything that is wrong with a manifest, in order of place: first the manifest's own lines, then
/// those of the element files it names.
public struct FleetProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems; never empty.
  public var problems: [FleetProblem]

  /// Creates an error from the problems of a manifest.
  public init(problems: [FleetProblem]) { self.problems = problems }

  /// All problems, one after another.
  public var description: String {
    problems.map(\.description).joined(separator: "\n")
  }
}
