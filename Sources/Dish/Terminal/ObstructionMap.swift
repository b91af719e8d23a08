/// The sky as a terminal has seen it: a square picture of the hemisphere around its boresight or zenith.
///
/// The middle is overhead (or the boresight); the distance from it is the angle off it, up to
/// ``maxThetaDeg`` at the middle of an edge; the first row is north, the last column east.
public struct ObstructionMap: Sendable {
  /// The most places of a map that is taken in.
  static let maximumPlaces = 1_000_000

  /// How many rows.
  public var rows: Int
  /// How many columns.
  public var columns: Int
  /// What was received from each place, row by row: 0 where something stood in the way, 1 where nothing
  /// did, -1 where no satellite has been.
  public var snr: [Double]
  /// The lowest elevation in the picture, degrees.
  public var minElevationDeg: Double?
  /// The angle off the middle that the middle of an edge stands for, degrees.
  public var maxThetaDeg: Double?
  /// What the picture is aligned with, such as `FRAME_EARTH`.
  public var referenceFrame: String?

  /// `nil` where the places are not rows by columns.
  init?(_ message: DynamicMessage) {
    rows = message.integer("num_rows") ?? 0
    columns = message.integer("num_cols") ?? 0
    snr = message.numbers("snr")
    let (places, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, rows > 0, columns > 0, places <= Self.maximumPlaces, snr.count == places
    else { return nil }
    minElevationDeg = message.number("min_elevation_deg")
    maxThetaDeg = message.number("max_theta_deg")
    referenceFrame = message.enumerationName("map_reference_frame").map(String.init(fromPeer:))
  }

  /// What was received from one place.
  public func snr(row: Int, column: Int) -> Double { snr[row * columns + column] }

  /// The share of the places seen in which something stood in the way, weighted by what was received.
  public var obstructedFraction: Double? {
    let seen = snr.filter { $0 >= 0 }
    guard !seen.isEmpty else { return nil }
    return 1 - seen.reduce(0) { $0 + min(1, $1) } / Double(seen.count)
  }
}
