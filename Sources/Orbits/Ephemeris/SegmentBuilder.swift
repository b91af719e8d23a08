/// Gathers a segment of an OEM from whichever form, and checks it.
struct SegmentBuilder {
  /// Where the segment begins.
  let line: Int
  private var metadata: [String: (text: String, line: Int)] = [:]
  private var states: [EphemerisState] = []

  /// Degrees that are of use; rounding spoils higher ones.
  private static let degreeLimit = 25

  init(line: Int) { self.line = line }

  /// Takes an entry of the metadata.
  mutating func set(_ keyword: String, _ text: String, line: Int) throws(ElementSetProblem) {
    guard metadata.updateValue((text, line), forKey: keyword) == nil else {
      throw ElementSetProblem(
        line: line, message: "the metadata has \(keyword.prefix(40)) twice",
        cure: "remove one of them")
    }
  }

  /// Takes the next state.
  mutating func add(_ state: EphemerisState, line: Int) throws(ElementSetProblem) {
    if let last = states.last, last.time >= state.time {
      throw ElementSetProblem(
        line: line, message: "the state at \(state.time) does not come after \(last.time)",
        cure: "put the states in the order of time, each once")
    }
    states.append(state)
  }

  /// The segment, complete.
  func segment() throws(ElementSetProblem) -> EphemerisSegment {
    let scale = try text("TIME_SYSTEM")
    guard scale.uppercased() == "UTC" else {
      throw problem(
        "TIME_SYSTEM", "times are in \"\(scale.prefix(40))\", not UTC",
        cure: "convert the ephemeris to UTC")
    }
    let start = try time("START_TIME")
    let stop = try time("STOP_TIME")
    let useableStart = try optionalTime("USEABLE_START_TIME") ?? start
    let useableStop = try optionalTime("USEABLE_STOP_TIME") ?? stop
    guard start <= useableStart, useableStart <= useableStop, useableStop <= stop else {
      throw problem(
        "STOP_TIME", "the start, useable start, useable stop and stop are not in this order",
        cure: "correct the times")
    }
    guard let first = states.first, let last = states.last else {
      throw problem("OBJECT_NAME", "the segment has no states", cure: "download the file again")
    }
    guard first.time <= useableStart, useableStop <= last.time else {
      throw problem(
        "STOP_TIME", "the states, \(first.time) to \(last.time), do not cover the useable span",
        cure: "the file is cut off or its times are wrong; download it again")
    }
    return EphemerisSegment(
      objectName: try text("OBJECT_NAME"), objectID: try text("OBJECT_ID"),
      centerName: try text("CENTER_NAME"), frame: try text("REF_FRAME"),
      useableSpan: useableStart...useableStop, interpolation: try interpolation(), states: states)
  }

  private func interpolation() throws(ElementSetProblem) -> EphemerisInterpolation? {
    guard let name = metadata["INTERPOLATION"]?.text.uppercased(), !name.isEmpty else { return nil }
    if name == "LINEAR" { return .linear }
    guard name == "LAGRANGE" || name == "HERMITE" else {
      throw problem(
        "INTERPOLATION", "the interpolation \"\(name.prefix(40))\" is not known",
        cure: "LINEAR, LAGRANGE and HERMITE are")
    }
    let text = try text("INTERPOLATION_DEGREE")
    guard let degree = wholeNumber(Array(text.utf8)[...]), (1...Self.degreeLimit).contains(degree)
    else {
      throw problem(
        "INTERPOLATION_DEGREE", "the degree \"\(text.prefix(40))\" is not 1 to \(Self.degreeLimit)",
        cure: "correct it")
    }
    return name == "LAGRANGE" ? .lagrange(degree: degree) : .hermite(degree: degree)
  }

  private func text(_ keyword: String) throws(ElementSetProblem) -> String {
    guard let text = metadata[keyword]?.text, !text.isEmpty else {
      throw problem(keyword, "the metadata lacks \(keyword)", cure: "add it")
    }
    return text
  }

  private func time(_ keyword: String) throws(ElementSetProblem) -> UTC {
    _ = try text(keyword)
    return try optionalTime(keyword) ?? UTC(nanosecondsSince1970: 0)
  }

  private func optionalTime(_ keyword: String) throws(ElementSetProblem) -> UTC? {
    guard let text = metadata[keyword]?.text, !text.isEmpty else { return nil }
    guard let time = UTC(text) else {
      throw problem(
        keyword, "\(keyword) \"\(text.prefix(40))\" is no date and time",
        cure: "write it as 2026-08-22T10:51:00.123456")
    }
    return time
  }

  private func problem(_ keyword: String, _ message: String, cure: String) -> ElementSetProblem {
    ElementSetProblem(line: metadata[keyword]?.line ?? line, message: message, cure: cure)
  }
}
