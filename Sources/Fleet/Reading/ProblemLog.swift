/// Collects the problems of one manifest while it is read.
final class ProblemLog {
  /// The manifest's name, as problems show it.
  let manifest: String
  private var problems: [FleetProblem] = []

  init(manifest: String) { self.manifest = manifest }

  var isEmpty: Bool { problems.isEmpty }

  func add(_ message: String, cure: String, at place: Place, path: String, file: String? = nil) {
    problems.append(
      FleetProblem(
        file: file ?? manifest, line: place.line, column: place.column, path: path,
        message: message, cure: cure))
  }

  /// All problems by place, those of the manifest before those of other files.
  func sorted() -> [FleetProblem] {
    let ranked = problems.enumerated().sorted { a, b in
      (
        a.element.file == manifest ? 0 : 1, a.element.file, a.element.line, a.element.column,
        a.offset
      )
        < (
          b.element.file == manifest ? 0 : 1, b.element.file, b.element.line, b.element.column,
          b.offset
        )
    }
    return ranked.map(\.element)
  }
}
