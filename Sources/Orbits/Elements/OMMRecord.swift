/// The keywords of an OMM that SGP4, a catalogue or a check has use for (CCSDS 502.0-B-3, table 4-3).
enum OMMKeyword: String, CaseIterable {
  case objectName = "OBJECT_NAME"
  case objectID = "OBJECT_ID"
  case epoch = "EPOCH"
  case meanMotion = "MEAN_MOTION"
  case eccentricity = "ECCENTRICITY"
  case inclination = "INCLINATION"
  case raan = "RA_OF_ASC_NODE"
  case argumentOfPericenter = "ARG_OF_PERICENTER"
  case meanAnomaly = "MEAN_ANOMALY"
  case ephemerisType = "EPHEMERIS_TYPE"
  case classification = "CLASSIFICATION_TYPE"
  case catalogNumber = "NORAD_CAT_ID"
  case elementSetNumber = "ELEMENT_SET_NO"
  case revolution = "REV_AT_EPOCH"
  case bstar = "BSTAR"
  case meanMotionDot = "MEAN_MOTION_DOT"
  case meanMotionDDot = "MEAN_MOTION_DDOT"
  case centerName = "CENTER_NAME"
  case frame = "REF_FRAME"
  case timeSystem = "TIME_SYSTEM"
  case theory = "MEAN_ELEMENT_THEORY"

  /// What every record must have.
  static let required: [OMMKeyword] = [
    .epoch, .meanMotion, .eccentricity, .inclination, .raan, .argumentOfPericenter, .meanAnomaly,
    .catalogNumber, .bstar,
  ]

  /// The unit of the keyword's value, which the standard fixes; a file may repeat it.
  var unit: String? {
    switch self {
    case .meanMotion: "rev/day"
    case .inclination, .raan, .argumentOfPericenter, .meanAnomaly: "deg"
    case .bstar: "1/ER"
    case .meanMotionDot: "rev/day**2"
    case .meanMotionDDot: "rev/day**3"
    default: nil
    }
  }

  /// Whether the value is a number.
  var isNumber: Bool {
    switch self {
    case .eccentricity, .ephemerisType, .catalogNumber, .elementSetNumber, .revolution: true
    default: unit != nil
    }
  }
}

/// One OMM, as text under its keywords, from whichever encoding.
struct OMMRecord {
  /// A value's text and where it stands.
  struct Value {
    var text: String
    var line: Int
    var column: Int?
    /// The unit the file states, where it does.
    var unit: String?
  }

  /// Where the record begins.
  let line: Int
  /// Its values; blank and null ones are left out.
  private(set) var values: [OMMKeyword: Value] = [:]
  /// What is wrong with the record's text.
  var problems: [ElementSetProblem] = []

  init(line: Int) { self.line = line }

  /// Takes a value that is not blank; a second one under the same keyword is a problem.
  mutating func set(_ keyword: OMMKeyword, _ value: Value) {
    guard !value.text.isEmpty else { return }
    if values[keyword] != nil {
      problems.append(
        ElementSetProblem(
          line: value.line, column: value.column,
          message: "the record has \(keyword.rawValue) twice", cure: "remove one of them"))
    }
    values[keyword] = value
  }

  /// Adds the record's element set to a result, or every problem it has.
  func add(to result: inout ParsedElementSets) {
    var reader = Reader(record: self, problems: problems)
    let set = reader.elementSet()
    if reader.problems.isEmpty {
      result.elements.append(set)
    } else {
      result.problems += reader.problems
    }
  }
}

/// Turns a record into an element set and notes what is wrong with it.
private struct Reader {
  let record: OMMRecord
  var problems: [ElementSetProblem]

  mutating func elementSet() -> ElementSet {
    checkConventions()
    let set = ElementSet(
      name: text(.objectName), catalogNumber: catalogNumber(), epoch: epoch(),
      meanMotionRevPerDay: number(.meanMotion), eccentricity: number(.eccentricity),
      inclinationDeg: number(.inclination), raanDeg: number(.raan),
      argumentOfPerigeeDeg: number(.argumentOfPericenter), meanAnomalyDeg: number(.meanAnomaly),
      bstar: number(.bstar), internationalDesignator: text(.objectID),
      classification: text(.classification, default: "U"), meanMotionDot: number(.meanMotionDot),
      meanMotionDDot: number(.meanMotionDDot), ephemerisType: whole(.ephemerisType),
      elementSetNumber: whole(.elementSetNumber), revolutionAtEpoch: whole(.revolution))
    if problems.isEmpty, let error = set.rangeError {
      problems.append(
        ElementSetProblem(line: record.line, message: error.message, cure: error.cure))
    }
    return set
  }

  /// SGP4 elements are about the earth, in TEME and UTC; others would be silently wrong.
  private mutating func checkConventions() {
    let allowed: [(OMMKeyword, [String])] = [
      (.centerName, ["EARTH"]), (.frame, ["TEME"]), (.timeSystem, ["UTC"]),
      (.theory, ["SGP4", "SGP/SGP4", "SGP", "SDP4"]),
    ]
    for (keyword, names) in allowed {
      guard let value = record.values[keyword], !names.contains(value.text.uppercased())
      else { continue }
      note(
        keyword, "\(keyword.rawValue) is \"\(value.text)\", not \(names[0])",
        cure: "use elements made for SGP4")
    }
    for keyword in OMMKeyword.allCases {
      guard let unit = record.values[keyword]?.unit, unit.uppercased() != keyword.unit?.uppercased()
      else { continue }
      note(
        keyword,
        "\(keyword.rawValue) is in \"\(unit.prefix(40))\", not \(keyword.unit ?? "no unit")",
        cure: "give it in the standard's unit")
    }
  }

  private mutating func note(_ keyword: OMMKeyword, _ message: String, cure: String) {
    let value = record.values[keyword]
    problems.append(
      ElementSetProblem(
        line: value?.line ?? record.line, column: value?.column, message: message, cure: cure))
  }

  private mutating func noteUnreadable(_ keyword: OMMKeyword, _ what: String) {
    guard let value = record.values[keyword] else {
      note(keyword, "\(keyword.rawValue) is missing", cure: "add it, or download the file again")
      return
    }
    note(
      keyword, "\(keyword.rawValue) \"\(value.text.prefix(40))\" is not \(what)",
      cure: "correct it, or download the file again")
  }

  private func text(_ keyword: OMMKeyword, default other: String = "") -> String {
    record.values[keyword]?.text ?? other
  }

  private mutating func number(_ keyword: OMMKeyword) -> Double {
    if record.values[keyword] == nil, !OMMKeyword.required.contains(keyword) { return 0 }
    if let text = record.values[keyword]?.text, let value = decimalNumber(text.utf8) {
      return value
    }
    noteUnreadable(keyword, "a finite number")
    return 0
  }

  /// A number that nothing is computed from: absent is 0, but what is there must be whole.
  private mutating func whole(_ keyword: OMMKeyword) -> Int {
    guard let text = record.values[keyword]?.text else { return 0 }
    if let value = decimalNumber(text.utf8), let whole = Int(exactly: value), whole >= 0 {
      return whole
    }
    noteUnreadable(keyword, "a whole number")
    return 0
  }

  private mutating func catalogNumber() -> Int {
    if let text = record.values[.catalogNumber]?.text,
      let number = CatalogNumber.parse(Array(text.utf8)[...])
    {
      return number
    }
    noteUnreadable(.catalogNumber, "a catalogue number of 1 to 9 digits")
    return 0
  }

  private mutating func epoch() -> UTC {
    if let text = record.values[.epoch]?.text, let time = UTC(text) { return time }
    noteUnreadable(.epoch, "a date and time such as 2026-08-22T10:51:00.123456")
    return UTC(nanosecondsSince1970: 0)
  }
}
