/// Collects the problems of one manifest while it is read.
package final class ProblemLog {
  /// The manifest's name, as problems show it.
  package let manifest: String
  private var problems: [FleetProblem] = []

  package init(manifest: String) { self.manifest = manifest }

  package var isEmpty: Bool { problems.isEmpty }

  package func add(
    _ message: String, cure: String, at place: Place, path: String, file: String? = nil
  ) {
    problems.append(
      FleetProblem(
        file: file ?? manifest, line: place.line, column: place.column, path: path,
        message: message, cure: cure))
  }

  /// All problems by place, those of the manifest before those of other files.
  package func sorted() -> [FleetProblem] {
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
