/// Reads OEMs in KVN form: a header, then segments of metadata, state lines and covariance matrices.
enum OEMKVN {
  private enum Part { case header, metadata, data, covariance }

  static func read(_ bytes: ArraySlice<UInt8>) throws(ElementSetProblem) -> OrbitEphemeris {
    var ephemeris = OrbitEphemeris(segments: [])
    var part = Part.header
    var segment: SegmentBuilder?
    var hasVersion = false
    let lines = TextLine.all(in: bytes)
    for line in lines where !line.isBlank {
      let word = line.trimmed
      switch (part, String(decoding: word.prefix(20), as: UTF8.self)) {
      case (.header, "META_START"), (.data, "META_START"):
        guard hasVersion else { throw lacksVersion(line.number) }
        if let segment { ephemeris.segments.append(try segment.segment()) }
        segment = SegmentBuilder(line: line.number)
        part = .metadata
      case (.metadata, "META_STOP"): part = .data
      case (.data, "COVARIANCE_START"): part = .covariance
      case (.covariance, "COVARIANCE_STOP"): part = .data
      case (.covariance, _): continue
      case (.data, _):
        guard let state = try state(line) else { continue }
        try segment?.add(state, line: line.number)
      case (.metadata, _):
        guard let entry = try KVNLine(line) else { continue }
        try segment?.set(entry.key, entry.value, line: line.number)
      case (.header, _):
        guard let entry = try KVNLine(line) else { continue }
        if entry.key == "CCSDS_OEM_VERS" { hasVersion = true }
        guard hasVersion else { throw lacksVersion(line.number) }
        if entry.key == "ORIGINATOR" { ephemeris.originator = entry.value }
      }
    }
    guard part == .data, let segment else {
      throw ElementSetProblem(
        line: max(1, lines.count), message: "the ephemeris ends before its states",
        cure: "the file is cut off; download it again")
    }
    ephemeris.segments.append(try segment.segment())
    return ephemeris
  }

  private static func lacksVersion(_ line: Int) -> ElementSetProblem {
    ElementSetProblem(
      line: line, message: "the file does not begin with CCSDS_OEM_VERS",
      cure: "give an orbit ephemeris message (OEM) in KVN or XML")
  }

  /// `time x y z vx vy vz [ax ay az]`; `nil` for a comment.
  private static func state(_ line: TextLine) throws(ElementSetProblem) -> EphemerisState? {
    let words = line.trimmed.split(whereSeparator: isSpace)
    guard words[0] != Array("COMMENT".utf8)[...] else { return nil }
    guard words.count == 7 || words.count == 10 else {
      throw problem(line, words[0], "a state has \(words.count) values, not 7 or 10")
    }
    guard let time = UTC(String(decoding: words[0], as: UTF8.self)) else {
      throw problem(line, words[0], "the state's time cannot be read")
    }
    var numbers: [Double] = []
    for word in words.dropFirst() {
      guard let number = decimalNumber(word) else {
        throw problem(line, word, "a value of the state is no finite number")
      }
      numbers.append(number)
    }
    return EphemerisState(
      time: time, positionKm: Vector3(numbers[0], numbers[1], numbers[2]),
      velocityKmS: Vector3(numbers[3], numbers[4], numbers[5]),
      accelerationKmS2: numbers.count == 9 ? Vector3(numbers[6], numbers[7], numbers[8]) : nil)
  }

  private static func problem(
    _ line: TextLine, _ word: ArraySlice<UInt8>, _ message: String
  ) -> ElementSetProblem {
    ElementSetProblem(
      line: line.number, column: word.startIndex - line.bytes.startIndex + 1, message: message,
      cure: "the file is cut off or damaged; download it again")
  }
}
