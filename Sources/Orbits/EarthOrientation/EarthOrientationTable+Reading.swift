/// Why a text is no earth orientation table.
public struct EarthOrientationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The table's name as given.
  public let name: String
  /// The line at fault, from 1; `nil` where it is the whole.
  public let line: Int?
  /// What is wrong, and the cure.
  public let reason: String

  /// Name, line and reason.
  public var description: String { "\(name)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}

extension EarthOrientationTable {
  /// Reads finals2000A (all, data or daily; fixed columns) or the IERS 20 C04 series, whichever the text is.
  ///
  /// In finals2000A Bulletin B's values are taken where a row has them, as the IERS recommends;
  /// rows at the end that carry no values yet are passed over. A table may begin and end anywhere but must
  /// have a row for every day between.
  ///
  /// - Throws: ``EarthOrientationError``, which names the line.
  public init(name: String, text: String) throws(EarthOrientationError) {
    var rows: [Row] = []
    var format: Format?
    var number = 0
    for line in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 }) {
      number += 1
      guard let first = line.first(where: { $0 != 32 && $0 != 13 && $0 != 9 }), first != 35
      else { continue }
      let layout = format ?? (C04Line.matches(line) ? .c04 : .finals2000A)
      format = layout
      let parsed: ParsedRow = layout == .c04 ? C04Line.row(line) : FinalsLine.row(line)
      switch parsed {
      case .row(let row):
        if let last = rows.last, row.day != last.day + 1 {
          throw EarthOrientationError(
            name: name, line: number,
            reason: "day \(row.day) follows day \(last.day) (MJD): "
              + "a table must have one row for every day")
        }
        rows.append(row)
      case .blank: continue
      case .fault(let reason):
        throw EarthOrientationError(name: name, line: number, reason: reason)
      }
    }
    guard !rows.isEmpty, let format else {
      throw EarthOrientationError(
        name: name, line: nil,
        reason: "no row of earth orientation: give finals2000A.all, finals.daily or eopc04")
    }
    self.name = name
    self.format = format
    self.rows = rows
  }
}

/// What a line turned out to be.
enum ParsedRow {
  case row(EarthOrientationTable.Row)
  /// A day without values.
  case blank
  case fault(String)
}

/// A value in range, or `nil`: tables of the IERS keep to these bounds by definition.
private func orientation(ut1: Double, x: Double, y: Double, lod: Double) -> EarthOrientation? {
  guard abs(ut1) <= 1, abs(x) <= 2, abs(y) <= 2, abs(lod) <= 0.1 else { return nil }
  return EarthOrientation(
    ut1MinusUTCSeconds: ut1, poleXArcsec: x, poleYArcsec: y, excessLengthOfDaySeconds: lod)
}

/// A row of finals2000A: fixed columns (readme.finals2000A of the IERS Rapid Service).
private enum FinalsLine {
  static func row(_ line: Substring.UTF8View) -> ParsedRow {
    let columns = Array(line)
    func text(_ from: Int, _ through: Int) -> String {
      guard from <= columns.count else { return "" }
      return trimmed(columns[(from - 1)..<min(through, columns.count)])
    }
    func number(_ from: Int, _ through: Int) -> Double? { Double(text(from, through)) }
    guard let mjd = number(8, 15), mjd > 30_000, mjd < 100_000,
      mjd == mjd.rounded(.down)
    else {
      return .fault("columns 8-15 hold no modified Julian date: is this finals2000A or eopc04?")
    }
    let day = Int(mjd)
    if text(17, 17).isEmpty, text(59, 68).isEmpty { return .blank }
    guard let x = number(19, 27), let y = number(38, 46), let ut1 = number(59, 68) else {
      return .fault("pole (columns 19-27, 38-46) or UT1-UTC (59-68) is no number")
    }
    let flags = (pole: text(17, 17), ut1: text(58, 58))
    guard ["I", "P"].contains(flags.pole), ["I", "P"].contains(flags.ut1) else {
      return .fault("columns 17 and 58 must be I (measured) or P (predicted)")
    }
    // Milliseconds; predictions have none.
    let lod = (number(80, 86) ?? 0) / 1_000
    let measured = flags.pole == "I" && flags.ut1 == "I"
    var values = orientation(ut1: ut1, x: x, y: y, lod: lod)
    var basis: EarthOrientationBasis = measured ? .rapid : .predicted
    if let x = number(135, 144), let y = number(145, 154), let ut1 = number(155, 165) {
      values = orientation(ut1: ut1, x: x, y: y, lod: lod)
      basis = .final
    }
    guard let values else { return .fault("values are out of range: the columns may be shifted") }
    return .row(.init(day: day, orientation: values, basis: basis))
  }
}

/// A row of the 20 C04 series: numbers with spaces between them.
private enum C04Line {
  /// Whether a line begins with year, month, day, hour and a modified Julian date.
  static func matches(_ line: Substring.UTF8View) -> Bool {
    let fields = line.split(separator: 32)
    guard fields.count >= 13, let year = Int(trimmed(fields[0])), year > 1_900,
      let mjd = Double(trimmed(fields[4]))
    else { return false }
    return mjd > 30_000 && mjd < 100_000
  }

  static func row(_ line: Substring.UTF8View) -> ParsedRow {
    let fields = line.split(separator: 32).map { Double(trimmed($0)) }
    guard fields.count >= 13, let mjd = fields[4], mjd > 30_000, mjd < 100_000,
      mjd == mjd.rounded(.down)
    else { return .fault("not a row of the IERS 20 C04 series sampled at midnight") }
    guard let x = fields[5], let y = fields[6], let ut1 = fields[7], let lod = fields[12] else {
      return .fault("pole, UT1-UTC or length of day is no number")
    }
    guard let values = orientation(ut1: ut1, x: x, y: y, lod: lod) else {
      return .fault("values are out of range: the columns may be shifted")
    }
    return .row(.init(day: Int(mjd), orientation: values, basis: .final))
  }
}

/// ASCII text without the spaces around it.
private func trimmed(_ bytes: some Collection<UInt8>) -> String {
  func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 13 || byte == 9 }
  let rest = Array(bytes.drop(while: isSpace))
  let end = (rest.lastIndex { !isSpace($0) } ?? -1) + 1
  return String(decoding: rest[..<end], as: UTF8.self)
}
