import Orbits

/// One second of a link, as a terminal measures it.
public struct TerminalSample: Sendable, Equatable {
  /// Why nothing gets through, in the terminals' numbers.
  public enum OutageCause: Int, Sendable, CaseIterable {
    case unknown = 0, booting, stowed, thermalShutdown, noSchedule, noSats, obstructed, noDownlink
    case noPings, actuatorActivity, cableTest, sleeping

    /// The terminals' word, such as `NO_SATS`.
    public var name: String {
      "\(self)".reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }
  }

  /// The round trip to the PoP of the pings that came back, milliseconds; `nil` where none did.
  public var latencyMs: Double?
  /// The share of pings that were lost, 0 to 1.
  public var dropRate: Double
  /// Traffic to the site, bits per second.
  public var downlinkBitsPerSecond: Double
  /// Traffic from the site, bits per second.
  public var uplinkBitsPerSecond: Double
  /// Electrical power drawn, watts.
  public var powerW: Double
  /// Where the serving satellite stands.
  public var satellite: LookAngles?
  /// Why nothing gets through; `nil` while something does.
  public var outage: OutageCause?

  /// Creates a sample.
  public init(
    latencyMs: Double?, dropRate: Double, downlinkBitsPerSecond: Double = 0,
    uplinkBitsPerSecond: Double = 0, powerW: Double = 0, satellite: LookAngles? = nil,
    outage: OutageCause? = nil
  ) {
    self.latencyMs = latencyMs
    self.dropRate = min(1, max(0, dropRate))
    self.downlinkBitsPerSecond = downlinkBitsPerSecond
    self.uplinkBitsPerSecond = uplinkBitsPerSecond
    self.powerW = powerW
    self.satellite = satellite
    self.outage = outage
  }
}
