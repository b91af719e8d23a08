/// What differs between two readings of a manifest.
struct PlanChanges: Sendable, Equatable {
  var backends: NameChanges
  var uplinks: NameChanges
}

/// Names that came, went, or mean something else than before; each sorted.
struct NameChanges: Sendable, Equatable {
  var added: [String] = []
  var removed: [String] = []
  var changed: [String] = []

  init<Thing>(
    from old: [String: Thing], to new: [String: Thing], isSame: (Thing, Thing) -> Bool
  ) {
    added = new.keys.filter { old[$0] == nil }.sorted()
    removed = old.keys.filter { new[$0] == nil }.sorted()
    changed = new.filter { name, thing in old[name].map { !isSame($0, thing) } ?? false }
      .map(\.key).sorted()
  }
}
