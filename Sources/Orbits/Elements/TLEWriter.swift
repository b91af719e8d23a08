/// Writes two-line elements in the columns of the format's definition.
enum TLEWriter {
  /// A set's lines with their ends: the name, where there is one, line 1 and line 2.
  static func record(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    let (line1, line2) = try lines(set)
    return nameLine(set.name) + "\(line1)\n\(line2)\n"
  }

  /// Lines 1 and 2.
  static func lines(
    _ set: ElementSet
  ) throws(UnwritableElementSet) -> (line1: String, line2: String) {
    let number = try catalogNumber(set)
    let line1 =
      "1 \(number)\(classification(set)) \(designator(set)) \(try epoch(set))"
      + " \(try meanMotionDot(set)) \(try exponential(set, .meanMotionDDot, set.meanMotionDDot))"
      + " \(try exponential(set, .bstar, set.bstar))"
      + " \((0...9).contains(set.ephemerisType) ? set.ephemerisType : 0)"
      + " \(padded(max(0, set.elementSetNumber) % 10_000, 4, with: " "))"
    let line2 =
      "2 \(number) \(try inclination(set)) \(angle(set.raanDeg)) \(try eccentricity(set))"
      + " \(angle(set.argumentOfPerigeeDeg)) \(angle(set.meanAnomalyDeg)) \(try meanMotion(set))"
      + padded(max(0, set.revolutionAtEpoch) % 100_000, 5, with: " ")
    return (
      line1 + String(TLEChecksum.of(Array(line1.utf8)[...])),
      line2 + String(TLEChecksum.of(Array(line2.utf8)[...]))
    )
  }

  /// A name that would be taken for a comment, an element line or another form gets Space-Track's line number `0 `.
  private static func nameLine(_ name: String) -> String {
    var text = trimmed(Array(name.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })[...])
    guard !text.isEmpty else { return "" }
    let isMistakable =
      "#[{<".utf8.contains(text[text.startIndex]) || text.starts(with: Array("0 ".utf8))
      || TLELine.looksLikeOne(text)
    if isMistakable { text = Array("0 ".utf8) + text }
    return String(decoding: text, as: UTF8.self) + "\n"
  }

  private static func unwritable(
    _ set: ElementSet, _ keyword: OMMKeyword, _ value: some CustomStringConvertible,
    _ reason: String
  ) -> UnwritableElementSet {
    UnwritableElementSet(
      catalogNumber: set.catalogNumber, name: set.name,
      message: "\(keyword.rawValue) \(value) \(reason)", cure: "write an OMM: csv, json, xml or kvn"
    )
  }

  private static func padded(_ value: Int, _ width: Int, with fill: String = "0") -> String {
    let digits = String(value)
    return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
  }
}

// MARK: Line 1

extension TLEWriter {
  private static func catalogNumber(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    guard let text = CatalogNumber.fiveColumns(set.catalogNumber) else {
      throw unwritable(
        set, .catalogNumber, set.catalogNumber, "is beyond 339999, the last number a TLE can carry")
    }
    return text
  }

  private static func classification(_ set: ElementSet) -> String {
    guard set.classification.utf8.count == 1, let byte = set.classification.utf8.first,
      (0x21...0x7E).contains(byte)
    else { return "U" }
    return set.classification
  }

  /// `1998-067A` as `98067A  `; other short designators as they stand, longer ones not at all.
  private static func designator(_ set: ElementSet) -> String {
    var text = Array(set.internationalDesignator.utf8)
    if text.count >= 9, text[4] == UInt8(ascii: "-"), let year = wholeNumber(text[..<4]),
      (1957...2056).contains(year)
    {
      text.removeSubrange(4...4)
      text.removeSubrange(..<2)
    }
    guard text.count <= 8, text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return String(repeating: " ", count: 8)
    }
    return String(decoding: text, as: UTF8.self) + String(repeating: " ", count: 8 - text.count)
  }

  /// Year, day and hundred millionths of a day, which are 864 microseconds.
  private static func epoch(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    let unit: Int64 = 864_000
    let perDay: Int64 = 100_000_000
    let time = set.epoch.nanosecondsSince1970
    let units = Int64((Double(time % unit) / Double(unit)).rounded()) + time / unit
    let day = floorDivide(units, perDay)
    let year = UTC.civilDate(daysSince1970: Int(day)).year
    guard (1957...2056).contains(year) else {
      throw unwritable(set, .epoch, set.epoch, "is outside 1957 to 2056, the years of a TLE")
    }
    let dayOfYear = Int(day) - UTC.daysSince1970(year: year, month: 1, day: 1) + 1
    return padded(year % 100, 2) + padded(dayOfYear, 3) + "."
      + padded(Int(units - day * perDay), 8)
  }

  private static func meanMotionDot(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    let digits = (abs(set.meanMotionDot) * 1e8).rounded()
    guard digits < 1e8 else {
      throw unwritable(set, .meanMotionDot, set.meanMotionDot, "is not below 1, as a TLE needs")
    }
    return (set.meanMotionDot < 0 && digits > 0 ? "-" : " ") + "." + padded(Int(digits), 8)
  }

  /// Five digits behind an unwritten decimal point, and a power of ten from -9 to 9.
  private static func exponential(
    _ set: ElementSet, _ keyword: OMMKeyword, _ value: Double
  ) throws(UnwritableElementSet) -> String {
    for power in -9...9 {
      // 10^(5 - power) is exact as a floating-point number, and so is its inverse's divisor.
      let scale = (0..<abs(5 - power)).reduce(1.0) { scale, _ in scale * 10 }
      let digits = (power <= 5 ? abs(value) * scale : abs(value) / scale).rounded()
      guard digits < 100_000 else { continue }
      if digits == 0 { return " 00000+0" }
      return (value < 0 ? "-" : " ") + padded(Int(digits), 5) + (power < 0 ? "-" : "+")
        + String(abs(power))
    }
    throw unwritable(set, keyword, value, "is larger than a TLE can carry")
  }
}

// MARK: Line 2

extension TLEWriter {
  /// Degrees with four decimals in eight columns.
  private static func degrees(tenThousandths: Int) -> String {
    padded(tenThousandths / 10_000, 3, with: " ") + "." + padded(tenThousandths % 10_000, 4)
  }

  private static func inclination(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    guard (0...180).contains(set.inclinationDeg) else {
      throw unwritable(set, .inclination, set.inclinationDeg, "is not in the range 0 to 180")
    }
    return degrees(tenThousandths: Int((set.inclinationDeg * 1e4).rounded()))
  }

  /// An angle within one turn.
  ///
  /// - Precondition: the angle is finite, as ``ElementSet/rangeError`` has checked.
  private static func angle(_ value: Double) -> String {
    let turn = value.truncatingRemainder(dividingBy: 360)
    return degrees(tenThousandths: (Int((turn * 1e4).rounded()) + 3_600_000) % 3_600_000)
  }

  private static func eccentricity(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    let digits = (set.eccentricity * 1e7).rounded()
    guard (0..<1e7).contains(digits) else {
      throw unwritable(set, .eccentricity, set.eccentricity, "is 1 in a TLE's seven digits")
    }
    return padded(Int(digits), 7)
  }

  private static func meanMotion(_ set: ElementSet) throws(UnwritableElementSet) -> String {
    let digits = (set.meanMotionRevPerDay * 1e8).rounded()
    guard (1..<100e8).contains(digits) else {
      throw unwritable(
        set, .meanMotion, set.meanMotionRevPerDay,
        "is not in a TLE's range, 0.00000001 to 99.99999999")
    }
    let whole = Int(digits) / 100_000_000
    return padded(whole, 2, with: " ") + "." + padded(Int(digits) % 100_000_000, 8)
  }
}
