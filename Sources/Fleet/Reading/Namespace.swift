/// Names that must differ from each other, each with the place that declares it.
struct Namespace {
  /// What the names are of, such as "site".
  let what: String
  private(set) var places: [String: Place] = [:]

  init(_ what: String) { self.what = what }

  /// The names, sorted.
  var names: [String] { places.keys.sorted() }

  func contains(_ name: String) -> Bool { places[name] != nil }

  /// Reads a name and takes it. A malformed or taken name is reported and `nil`; it counts as
  /// declared all the same, so that uses of it are no further problems.
  mutating func declare(_ value: Value?) -> String? {
    guard let value else { return nil }
    let name = value.name("the \(what)'s name")
    guard let text = value.rawText else { return nil }
    if let place = places[text] {
      value.problem(
        "`\(shortened(text))` is already taken on line \(place.line)",
        cure: "Give this \(what) another name.")
      return nil
    }
    places[text] = value.node.place
    return name
  }

  /// Takes a name that the manifest does not spell out.
  mutating func declare(_ name: String, at place: Place) { places[name] = place }
}

extension Value {
  /// A name: it stands in paths joined by `>`, in CSV, HTTP headers and metric labels as it is.
  package func name(_ what: String) -> String? {
    guard let name = text(what, example: "name: island-1") else { return nil }
    let allowed = name.unicodeScalars.allSatisfy(Self.isAllowedInName)
    let first = name.unicodeScalars.first.map { $0 != "-" && $0 != "." && $0 != "_" } ?? false
    if allowed, first, name.utf8.count <= 64 { return name }
    let proposal = String(
      String.UnicodeScalarView(
        name.unicodeScalars.prefix(64).map { Self.isAllowedInName($0) ? $0 : "-" }))
    problem(
      "`\(shortened(name))` cannot be a name",
      cure:
        "Names have up to 64 of A-Z, a-z, 0-9, `-`, `_` and `.`, and begin with a letter or digit"
        + (first ? ": `\(proposal)`." : "."))
    return nil
  }

  private static func isAllowedInName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }
}
