import ArgumentParser
import Orbits

/// An instant on the command line: ISO 8601, or `now`.
struct TimeArgument: ExpressibleByArgument {
  var utc: UTC

  /// The instant at which the command began.
  static let now = TimeArgument(utc: .now)

  /// What help shows for a default.
  var defaultValueDescription: String { "now" }

  private init(utc: UTC) { self.utc = utc }

  init?(argument: String) {
    if argument == "now" {
      self = .now
    } else if let utc = UTC(argument) {
      self.utc = utc
    } else {
      return nil
    }
  }
}

/// A span of time on the command line: `90` and `90s` are seconds; `ms`, `m`, `h` and `d` work too.
struct SpanArgument: ExpressibleByArgument {
  var seconds: Double

  /// The length of a slot.
  static let slot = SpanArgument(seconds: 15)

  /// One minute.
  static let minute = SpanArgument(seconds: 60)

  /// What help shows for a default.
  var defaultValueDescription: String { "\(Int(seconds))s" }

  private init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    let units: [(suffix: String, seconds: Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("", 1),
    ]
    for unit in units where argument.hasSuffix(unit.suffix) {
      guard let value = Double(argument.dropLast(unit.suffix.count)) else { continue }
      guard value.isFinite, value >= 0, value <= 1e9 else { return nil }
      self.seconds = value * unit.seconds
      return
    }
    return nil
  }
}

/// A place on the command line: `LAT,LON` in degrees, and optionally the height in metres.
struct PlaceArgument: ExpressibleByArgument {
  var place: Geodetic

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0.trimmingSpaces) }
    guard (2...3).contains(parts.count), let latitude = parts[0], let longitude = parts[1],
      abs(latitude) <= 90, abs(longitude) <= 360
    else { return nil }
    var altitudeM = 0.0
    if parts.count == 3 {
      guard let value = parts[2], abs(value) <= 100_000 else { return nil }
      altitudeM = value
    }
    self.place = Geodetic(
      latitudeDeg: latitude, longitudeDeg: longitude, altitudeKm: altitudeM / 1000)
  }
}

/// Minutes since epoch on the command line: `START:STOP:STEP`.
struct MinutesArgument: ExpressibleByArgument {
  var start: Double
  var stop: Double
  var step: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      .map { Double($0) }
    guard parts.count == 3, let start = parts[0], let stop = parts[1], let step = parts[2],
      // A century and more either way: no element set is worth anything there.
      abs(start) <= 1e8, abs(stop) <= 1e8, stop >= start, step > 0, step.isFinite
    else { return nil }
    self.start = start
    self.stop = stop
    self.step = step
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    drop { $0 == " " }
  }
}
