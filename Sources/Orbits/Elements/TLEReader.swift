/// Reads files of two- and three-line element sets.
///
/// Lines that begin with `#` are comments. A line that is neither line 1 nor line 2 is a name, with
/// or without Space-Track's leading `0 `; a name that no element lines follow is a problem.
enum TLEReader {
  /// Reads every set of a file.
  static func read(_ text: ArraySlice<UInt8>) -> ParsedElementSets {
    var result = ParsedElementSets()
    var name: TextLine?
    var first: TextLine?

    func reportLooseName() {
      guard let line = name else { return }
      result.problems.append(
        ElementSetProblem(
          line: line.number, message: "this line is neither line 1 nor line 2 of a TLE",
          cure: "remove it, or put the two lines of an element set after it"))
      name = nil
    }
    func reportLooseFirst() {
      guard let line = first else { return }
      result.problems.append(
        ElementSetProblem(
          line: line.number, message: "line 1 of a TLE has no line 2 after it",
          cure: "add line 2, or remove line 1"))
      first = nil
      name = nil
    }

    for line in TextLine.all(in: text) where !line.isBlank {
      let content = line.trimmed
      if content.first == UInt8(ascii: "#") { continue }
      switch TLELine.number(of: content) {
      case 1:
        reportLooseFirst()
        first = line
      case 2:
        if let one = first {
          add(name: name, one, line, to: &result)
          first = nil
          name = nil
        } else {
          reportLooseName()
          result.problems.append(
            ElementSetProblem(
              line: line.number, message: "line 2 of a TLE has no line 1 before it",
              cure: "add line 1, or remove line 2"))
        }
      default:
        reportLooseFirst()
        reportLooseName()
        name = line
      }
    }
    reportLooseFirst()
    reportLooseName()
    return result
  }

  private static func add(
    name: TextLine?, _ one: TextLine, _ two: TextLine, to result: inout ParsedElementSets
  ) {
    do throws(ElementSetProblem) {
      let (line1, line2) = (try TLELine(one), try TLELine(two))
      result.elements.append(try elementSet(name: name, line1, line2))
      result.problems += [line1.checksumWarning, line2.checksumWarning].compactMap { $0 }
    } catch {
      result.problems.append(error)
    }
  }

  private static func elementSet(
    name: TextLine?, _ line1: TLELine, _ line2: TLELine
  ) throws(ElementSetProblem) -> ElementSet {
    let catalog1 = try line1.catalogNumber()
    let catalog2 = try line2.catalogNumber()
    guard catalog1 == catalog2 else {
      throw ElementSetProblem(
        line: line2.line, column: 3,
        message: "line 2 is of object \(catalog2), line 1 of object \(catalog1)",
        cure: "put the two lines of one object together")
    }
    let set = ElementSet(
      name: name.map(nameText) ?? "", catalogNumber: catalog1, epoch: try line1.epoch(),
      meanMotionRevPerDay: try line2.number(.meanMotion),
      eccentricity: try line2.impliedDecimal(.eccentricity),
      inclinationDeg: try line2.number(.inclination), raanDeg: try line2.number(.raan),
      argumentOfPerigeeDeg: try line2.number(.argumentOfPerigee),
      meanAnomalyDeg: try line2.number(.meanAnomaly), bstar: try line1.exponential(.bstar),
      internationalDesignator: line1.internationalDesignator(),
      classification: line1.classification(),
      meanMotionDot: try line1.number(.meanMotionDot, blankIsZero: true),
      meanMotionDDot: try line1.exponential(.meanMotionDDot),
      ephemerisType: line1.whole(.ephemerisType), elementSetNumber: line1.whole(.elementSetNumber),
      revolutionAtEpoch: line2.whole(.revolution))
    if let error = set.rangeError {
      throw ElementSetProblem(line: line2.line, message: error.message, cure: error.cure)
    }
    return set
  }

  /// The name without Space-Track's line number `0 `.
  private static func nameText(_ line: TextLine) -> String {
    var text = line.trimmed
    if text.starts(with: Array("0 ".utf8)) { text = trimmed(text.dropFirst(2)) }
    return String(decoding: text, as: UTF8.self)
  }
}
