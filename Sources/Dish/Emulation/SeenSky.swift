import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The places of its sky in which a terminal has had a satellite: the obstruction map of one that
/// nothing obstructs.
struct SeenSky: Sendable, Equatable {
  /// Rows and columns, as terminals have them.
  static let size = 123
  /// The angle from overhead that the middle of an edge stands for, degrees.
  static let maxThetaDeg = 80.0
  static let minElevationDeg = 90 - maxThetaDeg
  private static let unseen: Float = -1

  /// What was received from each place, row by row, north first, west first in a row.
  private(set) var snr = [Float](repeating: unseen, count: size * size)
  /// How many places have been seen.
  private(set) var seenCount = 0

  mutating func see(_ satellite: LookAngles) {
    guard let index = Self.index(satellite), snr[index] == Self.unseen else { return }
    snr[index] = 1
    seenCount += 1
  }

  /// The place of a direction; `nil` below the picture's edge.
  static func index(_ look: LookAngles) -> Int? {
    let theta = 90 - look.elevationDeg
    guard theta >= 0, theta <= maxThetaDeg else { return nil }
    let middle = Double(size / 2)
    let radius = theta / maxThetaDeg * middle
    let azimuth = look.azimuthDeg * Double.pi / 180
    let row = Int((middle - radius * cos(azimuth)).rounded())
    let column = Int((middle + radius * sin(azimuth)).rounded())
    return row * size + column
  }
}
