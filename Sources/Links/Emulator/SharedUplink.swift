import Network
import Orbits
import Synchronization

/// One uplink of a site as all its emulators share it: a transmitter at each end, the slots that it goes
/// through, and the counters.
public final class SharedUplink: Sendable {
  /// What has gone over the uplink.
  public let counters: LinkCounters
  private let line = Mutex(TransmissionLine())
  private let realisation: LinkRealisation?
  private let accessDelayMs: Double
  /// The newest slot's conditions, which every packet of the slot asks for.
  private let current = Mutex<SlotConditions?>(nil)

  /// Creates an idle uplink that behaves exactly as forecast.
  public init(counters: LinkCounters = LinkCounters()) {
    self.counters = counters
    realisation = nil
    accessDelayMs = 0
  }

  /// Creates an idle uplink that goes through the slots of `realisation`.
  ///
  /// - Parameters:
  ///   - realisation: What the link does.
  ///   - accessDelayMs: What forecasts count as its access delay, one way, which its slots replace.
  public init(
    _ realisation: LinkRealisation, accessDelayMs: Double, counters: LinkCounters = LinkCounters()
  ) {
    self.counters = counters
    self.realisation = realisation
    self.accessDelayMs = accessDelayMs
  }

  /// Gives `body` the transmitters, alone.
  func withLine<Result: Sendable>(_ body: (inout TransmissionLine) -> Result) -> Result {
    line.withLock { body(&$0) }
  }

  /// What the uplink does at `time`; `nil` where it does as forecast.
  public func conditions(at time: UTC) -> SlotConditions? {
    guard let realisation else { return nil }
    let slot = Slot(containing: time)
    return current.withLock { current in
      if let current, current.slot == slot { return current }
      let fresh = realisation.conditions(in: slot)
      current = fresh
      return fresh
    }
  }

  /// A forecast as it turns out at `time`.
  func realised(_ forecast: Forecast.Interval, at time: UTC) -> RealisedInterval {
    RealisedInterval(
      forecast, conditions: conditions(at: time), accessDelayMs: accessDelayMs)
  }
}
