/// The keys of one mapping, and a record of those that were asked for.
package final class Fields {
  /// The mapping itself, for problems that concern it as a whole.
  package let value: Value
  private let entries: [YAMLNode.Entry]
  /// What the mapping is, in words; made more precise once its kind is known.
  package var what: String
  private var known: [String] = []

  init(of value: Value, entries: [YAMLNode.Entry], what: String) {
    self.value = value
    self.entries = entries
    self.what = what
  }

  /// Whether the key is written, with or without a value. Asking makes the key a known one.
  package func has(_ key: String) -> Bool {
    learn(key)
    return entries.contains { $0.key == key }
  }

  /// The value of a key that may be left out.
  package func optional(_ key: String) -> Value? {
    learn(key)
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    let path = value.path.isEmpty ? key : "\(value.path).\(key)"
    if entry.value.isNull {
      value.log.add(
        "`\(key)` has no value", cure: "Give it a value, or delete the key.", at: entry.keyPlace,
        path: path)
      return nil
    }
    return Value(node: entry.value, path: path, log: value.log)
  }

  /// The value of a key that must be there; `example` is a line that would do.
  package func required(_ key: String, example: String) -> Value? {
    if !has(key) {
      value.problem("\(what) needs the key `\(key)`", cure: "Add it, as in `\(example)`.")
    }
    return optional(key)
  }

  /// Which of several keys is written; not exactly one is a problem.
  package func exactlyOne(of keys: [String], example: String) -> String? {
    let given = keys.filter(has)
    if given.count == 1 { return given[0] }
    let choice = keys.map { "`\($0)`" }.joined(separator: ", ")
    value.problem(
      given.isEmpty
        ? "\(what) needs one of \(choice)"
        : "\(what) has \(given.map { "`\($0)`" }.joined(separator: " and ")), which exclude each other",
      cure: given.isEmpty ? "Add one, as in `\(example)`." : "Keep one of them.")
    return nil
  }

  /// Reports the keys that nobody asked for.
  func reportUnknownKeys() {
    for entry in entries where !known.contains(entry.key) {
      value.log.add(
        "`\(shortened(entry.key))` is not a key of \(what)",
        cure: Suggestion.cure(
          for: entry.key, among: known.filter { key in !entries.contains { $0.key == key } },
          otherwise: "Delete it."),
        at: entry.keyPlace,
        path: value.path.isEmpty ? entry.key : "\(value.path).\(entry.key)")
    }
  }

  private func learn(_ key: String) {
    if !known.contains(key) { known.append(key) }
  }
}
