/// Reads OEMs in XML form: an `oem`, alone or in an `ndm`.
enum OEMXML {
  static func read(_ bytes: ArraySlice<UInt8>) throws(ElementSetProblem) -> OrbitEphemeris {
    var reader = Reader(scanner: XMLScanner(bytes))
    while let event = try reader.scanner.next() { try reader.take(event) }
    guard reader.messages == 1 else {
      throw ElementSetProblem(
        line: 1, message: "the XML holds \(reader.messages) <oem>, not one",
        cure: "give one orbit ephemeris message")
    }
    guard !reader.ephemeris.segments.isEmpty else {
      throw ElementSetProblem(
        line: 1, message: "the ephemeris has no segment", cure: "download the file again")
    }
    return reader.ephemeris
  }

  private struct Reader {
    var scanner: XMLScanner
    var ephemeris = OrbitEphemeris(segments: [])
    var messages = 0
    private var segment: SegmentBuilder?
    private var path: [String] = []
    private var tag: XMLScanner.Tag?
    private var content = ""
    private var state: [String: (text: String, line: Int)] = [:]

    init(scanner: XMLScanner) { self.scanner = scanner }

    mutating func take(_ event: XMLScanner.Event) throws(ElementSetProblem) {
      switch event {
      case .text(let text): content += text
      case .open(let tag): begin(tag)
      case .close(let name): try end(name)
      }
    }

    private mutating func begin(_ tag: XMLScanner.Tag) {
      path.append(tag.name)
      self.tag = tag
      content = ""
      switch tag.name {
      case "oem": messages += 1
      case "segment": segment = SegmentBuilder(line: tag.line)
      case "stateVector": state = [:]
      default: break
      }
    }

    /// Only an element without elements in it has a value: `tag` is that of the last one opened.
    private mutating func end(_ name: String) throws(ElementSetProblem) {
      path.removeLast()
      let line = tag?.line ?? scanner.line
      let text = content.trimmingXMLSpace
      switch path.last {
      case "header" where name == "ORIGINATOR": ephemeris.originator = text
      case "metadata" where name != "COMMENT": try segment?.set(name, text, line: line)
      case "stateVector" where name != "COMMENT":
        try check(unit: tag?.attributes["units"], of: name, line: line)
        guard state.updateValue((text, line), forKey: name) == nil else {
          throw scanner.problem("a state has \(name.prefix(40)) twice")
        }
      default: break
      }
      if name == "stateVector", path.last == "data" { try addState() }
      if name == "segment", let segment {
        ephemeris.segments.append(try segment.segment())
        self.segment = nil
      }
      tag = nil
      content = ""
    }

    private func check(unit: String?, of name: String, line: Int) throws(ElementSetProblem) {
      let expected =
        name.hasSuffix("_DDOT") ? "KM/S**2" : name.hasSuffix("_DOT") ? "KM/S" : "KM"
      guard let unit, unit.uppercased() != expected else { return }
      throw ElementSetProblem(
        line: line, message: "\(name.prefix(40)) is in \"\(unit.prefix(40))\", not \(expected)",
        cure: "give kilometres and seconds")
    }

    private mutating func addState() throws(ElementSetProblem) {
      let line = state["EPOCH"]?.line ?? scanner.line
      guard let time = state["EPOCH"].flatMap({ UTC($0.text) }) else {
        throw ElementSetProblem(
          line: line, message: "the state's EPOCH cannot be read",
          cure: "write it as 2026-08-22T10:51:00.123456")
      }
      let hasAcceleration = state["X_DDOT"] != nil
      let vector = EphemerisState(
        time: time, positionKm: try vector("", line), velocityKmS: try vector("_DOT", line),
        accelerationKmS2: hasAcceleration ? try vector("_DDOT", line) : nil)
      try segment?.add(vector, line: line)
    }

    private func vector(_ suffix: String, _ line: Int) throws(ElementSetProblem) -> Vector3 {
      var vector = Vector3.zero
      for (axis, letter) in ["X", "Y", "Z"].enumerated() {
        guard let entry = state[letter + suffix], let value = decimalNumber(entry.text.utf8) else {
          throw ElementSetProblem(
            line: state[letter + suffix]?.line ?? line,
            message: "\(letter)\(suffix) of a state is no finite number",
            cure: "correct it, or download the file again")
        }
        vector[axis] = value
      }
      return vector
    }
  }
}
