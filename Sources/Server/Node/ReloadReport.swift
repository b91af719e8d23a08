import Orbits

/// How the last reload went.
struct ReloadState: Sendable {
  /// Whether it went through.
  var isGood = true
  /// When the manifest in force was read.
  var lastGood = UTC(secondsSince1970: 0)
}

/// What going over to another reading of the manifest changed: made by the node that did, decoded from
/// its answer to `/api/reload` by whoever asked.
public struct ReloadReport: Sendable, Equatable, Decodable, CustomStringConvertible {
  /// Names of one kind of thing, sorted.
  public struct Names: Sendable, Equatable, Decodable {
    /// Those that came.
    public var added: [String]
    /// Those that went.
    public var removed: [String]
    /// Those that are something else than before under the same name.
    public var changed: [String]
  }

  /// Which reading of the manifest is in force, from 1.
  public var generation: Int
  /// Backends, by where they are and how they are reached.
  public var backends: Names
  /// Uplinks.
  public var uplinks: Names

  init(generation: Int, _ changes: PlanChanges) {
    self.generation = generation
    backends = Names(changes.backends)
    uplinks = Names(changes.uplinks)
  }

  /// What changed, on one line.
  public var description: String {
    let parts = [("backend", backends), ("uplink", uplinks)].flatMap { kind, names in
      names.added.map { "+\(kind) \($0)" } + names.removed.map { "-\(kind) \($0)" }
        + names.changed.map { "~\(kind) \($0)" }
    }
    return "manifest, reading \(generation): "
      + (parts.isEmpty ? "no backend or uplink changed" : parts.joined(separator: ", "))
  }

  var json: JSON {
    [
      "status": "reloaded", "generation": .integer(generation), "backends": backends.json,
      "uplinks": uplinks.json,
    ]
  }
}

extension ReloadReport.Names {
  init(_ changes: NameChanges) {
    added = changes.added
    removed = changes.removed
    changed = changes.changed
  }

  fileprivate var json: JSON {
    func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
    return ["added": list(added), "removed": list(removed), "changed": list(changed)]
  }
}
