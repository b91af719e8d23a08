extension Fleet {
  /// Reads and checks a manifest.
  ///
  /// The result is either a fleet in which everything is resolved, or every problem of the manifest
  /// at once. Only a text that is not YAML hides what stands after the place where it stops being so.
  ///
  /// - Parameters:
  ///   - yaml: The manifest's text: UTF-8, with or without a byte order mark, at most 1 MiB.
  ///   - file: What problems call the manifest.
  ///   - readFile: Gives the text of an element file. Its argument is the path as the manifest has
  ///     it; the caller resolves it, by convention against the manifest's folder unless absolute.
  ///     What it throws becomes a problem at the place that names the file.
  /// - Throws: ``FleetProblems``.
  public static func load(
    yaml: String, file: String, readFile: (String) throws -> String
  ) throws(FleetProblems) -> Fleet {
    let log = ProblemLog(manifest: file)
    var fleet: Fleet?
    if let root = Value(document: yaml, log: log) {
      var reader = FleetReader(log: log)
      fleet = reader.read(root, readFile: readFile)
    } else if log.isEmpty {
      log.add(
        "the manifest is empty", cure: "Begin it with `name:` and a list of `sites:`.",
        at: .start, path: "")
    }
    guard log.isEmpty, let fleet else { throw FleetProblems(problems: log.sorted()) }
    return fleet
  }
}
