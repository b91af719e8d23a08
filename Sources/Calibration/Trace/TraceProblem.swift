/// What is wrong with a trace, where it stands, and what to do about it.
public struct TraceProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line in the file, counted from 1.
  public var line: Int
  /// What is wrong.
  public var message: String
  /// What to do about it.
  public var cure: String

  /// Creates a problem.
  public init(line: Int, message: String, cure: String) {
    self.line = line
    self.message = message
    self.cure = cure
  }

  /// `line 3: what is wrong: the cure`.
  public var description: String { "line \(line): \(message): \(cure)" }
}
