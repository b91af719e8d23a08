import Dish
import Links
import Logging
import Orbits

/// Reads the terminal of one uplink again and again: for the metrics, and to correct the forecast by every
/// second that the terminal has measured.
struct TerminalReader: Sendable {
  /// Between readings: terminals are small computers, and remember 15 minutes.
  static let interval = Duration.seconds(5)

  let uplink: String
  let client: TerminalClient
  let readings: TerminalReadings
  let world: World
  let logger: Logger

  /// Reads until cancelled.
  func run() async {
    var progress = TelemetryProgress()
    var isUp = true
    while !Task.isCancelled {
      do throws(TerminalError) {
        try await read(&progress)
        isUp = true
      } catch {
        readings.setDown(uplink: uplink)
        // Once for each time that it goes.
        if isUp { logger.warning("uplink \(uplink): \(error)") }
        isUp = false
      }
      try? await Task.sleep(for: Self.interval)
    }
    await client.close()
  }

  private func read(_ progress: inout TelemetryProgress) async throws(TerminalError) {
    let start = ContinuousClock.now
    let status = try await client.status()
    let history = try await client.history()
    let time = SystemClock.now()
    var reading = TerminalReadings.Reading(
      isUp: true, scrapeSeconds: (ContinuousClock.now - start) / .seconds(1), status: status)
    let powers = history.samples.compactMap(\.powerW)
    if let newest = powers.last {
      reading.power = (newest, powers.reduce(0, +) / Double(powers.count))
    }
    readings.set(reading, uplink: uplink)
    if let outage = status.outage {
      world.observe(uplink: uplink, saysDown: "its terminal says \(outage.cause)", at: time)
    }
    for observation in progress.new(in: history, at: time) {
      world.observe(
        uplink: uplink, telemetryMs: observation.latencyMs, at: observation.time)
    }
  }
}

/// Which seconds of a terminal's history have been taken in.
struct TelemetryProgress: Sendable {
  /// One second's round trip; `nil` where nothing came back.
  struct Observation: Sendable, Equatable {
    var time: UTC
    var latencyMs: Double?
  }

  private var count: Int?

  /// The seconds that are new in a history read at `time`, oldest first. The first history has none: its
  /// seconds are older than the forecasts; one with fewer seconds than before is that of a terminal that
  /// has started again.
  mutating func new(in history: TerminalHistory, at time: UTC) -> [Observation] {
    let known = count.map { $0 > history.count ? 0 : $0 } ?? history.count
    count = history.count
    return history.samples.filter { $0.number >= known && $0.popPingDropRate != nil }.map {
      Observation(
        time: time.adding(seconds: Double($0.number - history.count + 1)),
        latencyMs: $0.popPingLatencyMs)
    }
  }
}
