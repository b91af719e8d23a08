/// The environment a child gets: what it needs to run, and nothing of the node's secrets.
enum ChildEnvironment {
  /// Variables a child may inherit. API keys, tokens and proxies are not among them.
  static let inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH"]

  /// The allowed part of `environment`, with one OpenMP thread: more only spin against each other.
  static func minimal(from environment: [String: String]) -> [String: String] {
    var minimal = environment.filter { inherited.contains($0.key) }
    minimal["OMP_NUM_THREADS"] = "1"
    return minimal
  }
}
