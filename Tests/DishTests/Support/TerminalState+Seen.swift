import Orbits

@testable import Dish

extension TerminalState {
  static let boot = UTC(year: 2026, month: 11, day: 25)

  /// A terminal that has seen so many seconds: latency 20 to 34 ms, throughput that tells a second's
  /// number, and no satellite in seconds 960 to 979.
  static func seen(seconds: Int, location: Geodetic? = nil) -> TerminalState {
    var state = TerminalState(
      Identity(id: "ut-emulated", softwareVersion: "test"), bootedAt: boot, location: location)
    for number in 0..<seconds {
      let isOut = (960..<980).contains(number)
      let look = LookAngles(
        azimuthDeg: 0, elevationDeg: number % 2 == 0 ? 90 : 30, rangeKm: 600, rangeRateKmS: 0)
      state.append(
        TerminalSample(
          latencyMs: isOut ? nil : 20 + Double(number % 15), dropRate: isOut ? 1 : 0,
          downlinkBitsPerSecond: isOut ? 0 : 1_000 * Double(number),
          uplinkBitsPerSecond: isOut ? 0 : 100 * Double(number), powerW: 40, satellite: look,
          outage: isOut ? .noSats : nil),
        at: boot.adding(seconds: Double(number + 1)))
    }
    return state
  }
}
