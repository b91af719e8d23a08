import Network

extension FleetReader {
  /// A name that one resource uses for another.
  struct Reference {
    /// What the name must be of.
    enum Target {
      case site, terminal, landingSite, zone, constellation
      /// A shell of this constellation.
      case shell(of: String)
    }

    var value: Value
    var name: String
    var target: Target
  }

  /// Reads a name and remembers to look it up.
  mutating func reference(_ value: Value?, to target: Reference.Target) -> String? {
    guard let value, let name = value.text("a name", example: "site: island-1") else { return nil }
    references.append(Reference(value: value, name: name, target: target))
    return name
  }

  /// Reports every name that leads nowhere, or to something of the wrong kind.
  func resolveReferences() {
    for reference in references {
      switch reference.target {
      case .site: resolveSite(reference, where: "a site") { _ in true }
      case .terminal: resolveSite(reference, where: "a terminal") { $0 == .terminal }
      case .landingSite:
        resolveSite(reference, where: "a gateway, pop, region or groundStation") { $0 != .terminal }
      case .zone: resolve(reference, among: zoneNames.sorted(), what: "a zone")
      case .constellation:
        resolve(reference, among: constellationNames.names, what: "a constellation")
      case .shell(let constellation):
        guard let shells = shellNames[constellation], !shells.names.isEmpty else { continue }
        resolve(reference, among: shells.names, what: "a shell of `\(constellation)`")
      }
    }
  }

  private func resolve(_ reference: Reference, among known: [String], what: String) {
    guard !known.contains(reference.name) else { return }
    reference.value.problem(
      "there is no \(what.drop(while: { $0 != " " }).dropFirst()) called `\(shortened(reference.name))`",
      cure: Suggestion.cure(
        for: reference.name, among: known, otherwise: "Declare \(what) of this name."))
  }

  private func resolveSite(
    _ reference: Reference, where what: String, suits: (Site.Kind) -> Bool
  ) {
    guard let kind = siteKinds[reference.name] else {
      let known = siteKinds.filter { $0.value.map(suits) ?? true }.keys.sorted()
      reference.value.problem(
        "there is no site called `\(shortened(reference.name))`",
        cure: Suggestion.cure(
          for: reference.name, among: known, otherwise: "Declare \(what) of this name."))
      return
    }
    guard let kind, !suits(kind) else { return }
    let known = siteKinds.filter { $0.value.map(suits) ?? false }.keys.sorted()
    reference.value.problem(
      "`\(reference.name)` is a \(kind.rawValue); it must be \(what) here",
      cure: known.isEmpty
        ? "Declare \(what) and name it here."
        : "Name \(what), such as `\(known[0])`.")
  }
}
