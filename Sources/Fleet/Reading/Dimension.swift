/// What a quantity measures, and the units it may be written in.
///
/// A quantity in a manifest is a number and its unit, `550 km`. Each dimension has a few units, each
/// with one spelling. Other common ones are recognised only to say what to write instead.
struct Dimension {
  /// How a unit relates to another: `factor` times `unit`.
  typealias Scale = (unit: String, factor: Double)

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
    what: "a duration", units: [("s", 1), ("ms", 0.001), ("m", 60), ("h", 3_600)],
    foreign: [
      "sec": ("s", 1), "secs": ("s", 1), "second": ("s", 1), "seconds": ("s", 1),
      "min": ("m", 1), "mins": ("m", 1), "minute": ("m", 1), "minutes": ("m", 1),
      "hr": ("h", 1), "hour": ("h", 1), "hours": ("h", 1), "d": ("h", 24), "day": ("h", 24),
      "days": ("h", 24), "msec": ("ms", 1), "us": ("ms", 0.001),
    ], separator: "")

  /// Data rates; the base unit is the bit per second.
  static let bandwidth = Dimension(
    what: "a bandwidth",
    units: [("Mbit/s", 1e6), ("kbit/s", 1e3), ("Gbit/s", 1e9), ("bit/s", 1)],
    foreign: [
      "Mbps": ("Mbit/s", 1), "Mb/s": ("Mbit/s", 1), "M": ("Mbit/s", 1), "mbps": ("Mbit/s", 1),
      "kbps": ("kbit/s", 1), "kb/s": ("kbit/s", 1), "Kbps": ("kbit/s", 1), "k": ("kbit/s", 1),
      "Gbps": ("Gbit/s", 1), "Gb/s": ("Gbit/s", 1), "gbps": ("Gbit/s", 1), "G": ("Gbit/s", 1),
      "bps": ("bit/s", 1), "b/s": ("bit/s", 1), "B/s": ("bit/s", 8), "kB/s": ("kbit/s", 8),
      "KB/s": ("kbit/s", 8), "MB/s": ("Mbit/s", 8), "GB/s": ("Gbit/s", 8),
      "KiB/s": ("kbit/s", 8.192), "MiB/s": ("Mbit/s", 8.388608),
    ], separator: " ")

  /// Distances; the base unit is the kilometre.
  static let distance = Dimension(
    what: "a distance", units: [("km", 1), ("m", 0.001)],
    foreign: [
      "mi": ("km", 1.609344), "miles": ("km", 1.609344), "nmi": ("km", 1.852),
      "NM": ("km", 1.852), "ft": ("m", 0.3048), "feet": ("m", 0.3048),
    ], separator: " ")

  /// Angles; the base unit is the degree.
  static let angle = Dimension(
    what: "an angle", units: [("deg", 1)],
    foreign: [
      "°": ("deg", 1), "degree": ("deg", 1), "degrees": ("deg", 1),
      "rad": ("deg", 180 / Double.pi),
    ], separator: " ")

  /// Mean motions; the base unit is the revolution per day.
  static let meanMotion = Dimension(
    what: "a mean motion", units: [("rev/day", 1)],
    foreign: ["rev/d": ("rev/day", 1), "revs/day": ("rev/day", 1), "rev/s": ("rev/day", 86_400)],
    separator: " ")

  /// `number` of the base unit, written in the usual unit.
  func text(_ number: Double) -> String {
    let fits = units.filter { abs(number) >= $0.factor }.max { $0.factor < $1.factor }
    let (unit, factor) = fits ?? units[0]
    return Decimal.text(number / factor) + separator + unit
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
    let base = number * scale.factor
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
