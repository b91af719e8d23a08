/// What a quantity measures, and the units it may be written in.
///
/// A quantity in a manifest is a number and its unit, `550 km`. Each dimension has a few units, each
/// with one spelling. Other common ones are recognised only to say what to write instead.
struct Dimension {
  /// How a unit relates to another: `factor` times `unit`.
  struct Scale {
    var unit: String
    var factor: Double

    init(_ unit: String, _ factor: Double) {
      self.unit = unit
      self.factor = factor
    }

    /// `number` of the unit, in the base unit; exact where a unit is a decimal part of the base.
    func size(of number: Double) -> Double {
      factor < 1 ? number / (1 / factor).rounded() : number * factor
    }
  }

  /// The dimension in words, such as "a duration".
  let what: String
  /// The units and their sizes in the base unit, the usual one first.
  let units: [Scale]
  /// Spellings that are not allowed, and what they are in one of ``units``.
  let foreign: [String: Scale]
  /// What stands between number and unit in cures: nothing or a space.
  let separator: String

  /// Durations; the base unit is the second.
  static let duration = Dimension(
    what: "a duration",
    units: [
      Scale("s", 1), Scale("ms", 0.001), Scale("m", 60),
      Scale("h", 3_600),
    ],
    foreign: [
      "sec": Scale("s", 1), "secs": Scale("s", 1),
      "second": Scale("s", 1), "seconds": Scale("s", 1),
      "min": Scale("m", 1), "mins": Scale("m", 1),
      "minute": Scale("m", 1), "minutes": Scale("m", 1),
      "hr": Scale("h", 1), "hour": Scale("h", 1),
      "hours": Scale("h", 1), "d": Scale("h", 24),
      "day": Scale("h", 24),
      "days": Scale("h", 24), "msec": Scale("ms", 1),
      "us": Scale("ms", 0.001),
    ], separator: "")

  /// Data rates; the base unit is the bit per second.
  static let bandwidth = Dimension(
    what: "a bandwidth",
    units: [
      Scale("Mbit/s", 1e6), Scale("kbit/s", 1e3),
      Scale("Gbit/s", 1e9), Scale("bit/s", 1),
    ],
    foreign: [
      "Mbps": Scale("Mbit/s", 1), "Mb/s": Scale("Mbit/s", 1),
      "M": Scale("Mbit/s", 1), "mbps": Scale("Mbit/s", 1),
      "kbps": Scale("kbit/s", 1), "kb/s": Scale("kbit/s", 1),
      "Kbps": Scale("kbit/s", 1), "k": Scale("kbit/s", 1),
      "Gbps": Scale("Gbit/s", 1), "Gb/s": Scale("Gbit/s", 1),
      "gbps": Scale("Gbit/s", 1), "G": Scale("Gbit/s", 1),
      "bps": Scale("bit/s", 1), "b/s": Scale("bit/s", 1),
      "B/s": Scale("bit/s", 8), "kB/s": Scale("kbit/s", 8),
      "KB/s": Scale("kbit/s", 8), "MB/s": Scale("Mbit/s", 8),
      "GB/s": Scale("Gbit/s", 8),
      "KiB/s": Scale("kbit/s", 8.192),
      "MiB/s": Scale("Mbit/s", 8.388608),
    ], separator: " ")

  /// Distances; the base unit is the kilometre.
  static let distance = Dimension(
    what: "a distance", units: [Scale("km", 1), Scale("m", 0.001)],
    foreign: [
      "mi": Scale("km", 1.609344), "miles": Scale("km", 1.609344),
      "nmi": Scale("km", 1.852),
      "NM": Scale("km", 1.852), "ft": Scale("m", 0.3048),
      "feet": Scale("m", 0.3048),
    ], separator: " ")

  /// Angles; the base unit is the degree.
  static let angle = Dimension(
    what: "an angle", units: [Scale("deg", 1)],
    foreign: [
      "°": Scale("deg", 1), "degree": Scale("deg", 1),
      "degrees": Scale("deg", 1),
      "rad": Scale("deg", 180 / Double.pi),
    ], separator: " ")

  /// Mean motions; the base unit is the revolution per day.
  static let meanMotion = Dimension(
    what: "a mean motion", units: [Scale("rev/day", 1)],
    foreign: [
      "rev/d": Scale("rev/day", 1), "revs/day": Scale("rev/day", 1),
      "rev/s": Scale("rev/day", 86_400),
    ],
    separator: " ")

  /// `number` of the base unit, written in the usual unit.
  func text(_ number: Double) -> String {
    let fits = units.filter { abs(number) >= $0.factor }.max { $0.factor < $1.factor }
    let scale = fits ?? units[0]
    return Decimal.text(number / scale.factor) + separator + scale.unit
  }
}

extension Value {
  /// A quantity within `range`, both in the dimension's base unit.
  func quantity(_ dimension: Dimension, in range: ClosedRange<Double>, example: String) -> Double? {
    guard let text = text(dimension.what, example: example) else { return nil }
    guard let (number, digits, unit) = Decimal.leadingNumber(of: text) else {
      problem(
        "expected \(dimension.what), found `\(shortened(text))`",
        cure: "Write a number and a unit, as in `\(example)`.")
      return nil
    }
    guard let scale = dimension.units.first(where: { $0.unit == unit }) else {
      reportUnit(unit, of: number, digits: digits, dimension: dimension)
      return nil
    }
    let base = scale.size(of: number)
    guard range.contains(base) else {
      problem(
        "\(digits)\(dimension.separator)\(unit) is out of range",
        cure: "Write \(dimension.what) from \(dimension.text(range.lowerBound)) to "
          + "\(dimension.text(range.upperBound)).")
      return nil
    }
    return base
  }

  private func reportUnit(
    _ unit: String, of number: Double, digits: String, dimension: Dimension
  ) {
    let units = dimension.units
    if unit.isEmpty {
      let choice = units.map { "`\(digits)\(dimension.separator)\($0.unit)`" }
      problem("\(digits) has no unit", cure: "Write \(choice.joined(separator: " or ")).")
      return
    }
    let message = "`\(shortened(unit))` is not a unit of \(dimension.what) here"
    if let scale = dimension.foreign[unit] {
      let same = Decimal.text((number * scale.factor * 1e6).rounded() / 1e6)
      problem(message, cure: "Write `\(same)\(dimension.separator)\(scale.unit)`.")
    } else if let scale = units.first(where: { $0.unit.lowercased() == unit.lowercased() }) {
      problem(message, cure: "Write `\(digits)\(dimension.separator)\(scale.unit)`.")
    } else {
      let choice = units.map { "`\($0.unit)`" }.joined(separator: ", ")
      problem(message, cure: "Units here: \(choice).")
    }
  }
}
