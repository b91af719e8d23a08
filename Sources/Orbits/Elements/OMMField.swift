/// A keyword and its value as the OMM forms write it.
struct OMMField {
  let keyword: OMMKeyword
  let text: String

  /// What is written for every set of elements, in the order in which they are published.
  static func all(of set: ElementSet) -> [OMMField] {
    [
      OMMField(.objectName, set.name), OMMField(.objectID, set.internationalDesignator),
      OMMField(keyword: .epoch, text: String(epochText(set.epoch))),
      OMMField(.meanMotion, set.meanMotionRevPerDay), OMMField(.eccentricity, set.eccentricity),
      OMMField(.inclination, set.inclinationDeg), OMMField(.raan, set.raanDeg),
      OMMField(.argumentOfPericenter, set.argumentOfPerigeeDeg),
      OMMField(.meanAnomaly, set.meanAnomalyDeg), OMMField(.ephemerisType, set.ephemerisType),
      OMMField(.classification, set.classification), OMMField(.catalogNumber, set.catalogNumber),
      OMMField(.elementSetNumber, set.elementSetNumber),
      OMMField(.revolution, set.revolutionAtEpoch), OMMField(.bstar, set.bstar),
      OMMField(.meanMotionDot, set.meanMotionDot), OMMField(.meanMotionDDot, set.meanMotionDDot),
    ]
  }

  private init(keyword: OMMKeyword, text: String) {
    self.keyword = keyword
    self.text = text
  }

  private init(_ keyword: OMMKeyword, _ text: String) { self.init(keyword: keyword, text: text) }

  private init(_ keyword: OMMKeyword, _ number: Int) {
    self.init(keyword: keyword, text: String(number))
  }

  /// The shortest decimal that reads back as the same number.
  private init(_ keyword: OMMKeyword, _ number: Double) {
    self.init(keyword: keyword, text: number == 0 ? "0" : String(number))
  }

  /// Microseconds, as published, unless nanoseconds are needed; without the `Z`, which the standard
  /// leaves out as TIME_SYSTEM says UTC.
  private static func epochText(_ epoch: UTC) -> Substring {
    let digits = epoch.nanosecondsSince1970 % 1_000 == 0 ? 6 : 9
    return epoch.formatted(fractionDigits: digits).dropLast()
  }
}
