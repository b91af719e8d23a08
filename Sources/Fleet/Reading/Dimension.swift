/// What a quantity measures, and the units it may be written in.
///
/// A quantity in a manifest is a number and its unit, `550 km`. Each dimension has a few units, each
/// with one spelling. Other common ones are recognised only to say what to write instead.
package struct Dimension {
  /// A unit and how many of the base unit it is.
  package struct Unit {
    var symbol: String
    var size: Double

    init(_ symbol: String, _ size: Double) {
      self.symbol = symbol
      self.size = size
    }

    /// `number` of the unit in the base unit; exact where the unit is a decimal part of the base.
    func base(_ number: Double) -> Double {
      size < 1 ? number / (1 / size).rounded() : number * size
    }
  }

  /// Spellings that are not allowed, and how many of which allowed unit they stand for.
  typealias Foreign = (spellings: [String], times: Double, symbol: String)

  /// The dimension in words, such as "a duration".
  let what: String
  /// The units, the usual one first.
  let units: [Unit]
  /// What people write instead.
  let foreign: [Foreign]
  /// What stands between number and unit in cures: nothing or a space.
  let separator: String

  /// `number` of the base unit, written in the largest unit that leaves a whole part.
  func text(_ number: Double) -> String {
    let unit = units.filter { abs(number) >= $0.size }.max { $0.size < $1.size } ?? units[0]
    return Decimal.text(number / unit.size) + separator + unit.symbol
  }
}

extension Dimension {
  /// Durations; the base unit is the second.
  package static let duration = Dimension(
    what: "a duration", units: [Unit("s", 1), Unit("ms", 0.001), Unit("m", 60), Unit("h", 3_600)],
    foreign: [
      (["sec", "secs", "second", "seconds"], 1, "s"),
      (["min", "mins", "minute", "minutes"], 1, "m"),
      (["hr", "hrs", "hour", "hours"], 1, "h"), (["d", "day", "days"], 24, "h"),
      (["msec", "millis"], 1, "ms"), (["us", "µs"], 0.001, "ms"),
    ], separator: "")

  /// Data rates; the base unit is the bit per second.
  static let bandwidth = Dimension(
    what: "a bandwidth",
    units: [Unit("Mbit/s", 1e6), Unit("kbit/s", 1e3), Unit("Gbit/s", 1e9), Unit("bit/s", 1)],
    foreign: [
      (["bps", "b/s"], 1, "bit/s"), (["kbps", "Kbps", "kb/s", "k"], 1, "kbit/s"),
      (["Mbps", "mbps", "Mb/s", "M"], 1, "Mbit/s"), (["Gbps", "gbps", "Gb/s", "G"], 1, "Gbit/s"),
      (["B/s"], 8, "bit/s"), (["kB/s", "KB/s"], 8, "kbit/s"), (["MB/s"], 8, "Mbit/s"),
      (["GB/s"], 8, "Gbit/s"), (["KiB/s"], 8.192, "kbit/s"), (["MiB/s"], 8.388608, "Mbit/s"),
    ], separator: " ")

  /// Distances; the base unit is the kilometre.
  static let distance = Dimension(
    what: "a distance", units: [Unit("km", 1), Unit("m", 0.001)],
    foreign: [
      (["mi", "mile", "miles"], 1.609344, "km"), (["nmi", "NM"], 1.852, "km"),
      (["ft", "feet"], 0.3048, "m"),
    ], separator: " ")

  /// Angles; the base unit is the degree.
  static let angle = Dimension(
    what: "an angle", units: [Unit("deg", 1)],
    foreign: [(["°", "degree", "degrees"], 1, "deg"), (["rad"], 180 / Double.pi, "deg")],
    separator: " ")

  /// Mean motions; the base unit is the revolution per day.
  static let meanMotion = Dimension(
    what: "a mean motion", units: [Unit("rev/day", 1)],
    foreign: [(["rev/d", "revs/day"], 1, "rev/day"), (["rev/s"], 86_400, "rev/day")],
    separator: " ")
}
