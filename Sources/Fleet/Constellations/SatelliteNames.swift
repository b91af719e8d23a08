import Orbits

/// Names for satellites from element files, fit for paths and unlike each other.
enum SatelliteNames {
  /// The same satellites with names that are unique among them and have no space and no `>`.
  ///
  /// `STARLINK-1008` stays as it is, `ISS (ZARYA)` becomes `ISS-(ZARYA)`, a satellite with no name
  /// gets the constellation's, and satellites of one name, such as `OBJECT A`, their numbers.
  static func unique(_ elements: [ElementSet], constellation: String) -> [ElementSet] {
    let names = elements.map {
      $0.name.isEmpty ? "\(constellation)-\($0.catalogNumber)" : safe($0.name)
    }
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    return zip(elements, names).map { element, name in
      var named = element
      named.name = counts[name] == 1 ? name : "\(name)-\(element.catalogNumber)"
      return named
    }
  }

  /// A catalogue number that more than one of the element sets has.
  static func repeatedCatalogNumber(_ elements: [ElementSet]) -> Int? {
    var seen: Set<Int> = []
    return elements.first { !seen.insert($0.catalogNumber).inserted }?.catalogNumber
  }

  private static func safe(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { scalar in
          scalar.properties.isWhitespace || ">,\"".unicodeScalars.contains(scalar)
            || scalar.value < 0x20 ? "-" : scalar
        }))
  }
}
