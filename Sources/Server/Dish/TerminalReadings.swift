import Dish
import Synchronization

/// What the terminals of a node's uplinks told last, for whoever asks.
final class TerminalReadings: Sendable {
  /// What one terminal told.
  struct Reading: Sendable {
    /// Whether it answered the last time.
    var isUp = false
    /// How long its answers took, seconds.
    var scrapeSeconds = 0.0
    /// What it said the last time that it answered.
    var status: TerminalStatus?
    /// Electrical power in the last second, and its mean over the last 15 minutes, watts.
    var power: (newest: Double, mean: Double)?
  }

  private let readings = Mutex<[String: Reading]>([:])

  /// The readings by uplink.
  var all: [String: Reading] { readings.withLock { $0 } }

  func set(_ reading: Reading, uplink: String) { readings.withLock { $0[uplink] = reading } }

  /// The terminal did not answer.
  func setDown(uplink: String) {
    readings.withLock { $0[uplink, default: Reading()].isUp = false }
  }
}
