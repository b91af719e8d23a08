import Network
import Orbits

/// The rows of a forecast of many pairs: one a pair and slot, or one a pair over all slots.
struct FleetForecastRows {
  let forecaster: FleetForecaster
  let first: Slot
  let slots: Int

  /// Slots that one thread works out at a time.
  private static let partSize = 32

  /// What `--summary` keeps: four bytes a pair and slot.
  static let summaryLimit = 200_000_000

  static let columns = [
    "time", "from", "to", "reachable", "rtt_ms", "hops", "uplink", "satellite",
  ]
  static let summaryColumns = [
    "from", "to", "slots", "reachable_pct", "rtt_min_ms", "rtt_p50_ms", "rtt_p95_ms", "rtt_p99_ms",
    "rtt_max_ms", "handoffs",
  ]

  private var parts: Int { (slots + Self.partSize - 1) / Self.partSize }

  private func forEachSlot(ofPart part: Int, _ body: (SlotOutlook) -> Void) {
    let start = part * Self.partSize
    forecaster.forEachSlot(
      from: Slot(index: first.index + Int64(start)), count: min(Self.partSize, slots - start), body)
  }

  private func name(ofOrigin origin: Int) -> String {
    forecaster.topology.sites[forecaster.origins[origin]].name
  }

  // MARK: A row a pair and slot

  /// Prints the rows as they are worked out, slot after slot, and keeps none.
  func print(to printer: inout RowPrinter, threads: Int, progress: inout Progress) async throws {
    let empty = printer.batch
    try await OrderedParts.forEach(count: parts, threads: threads) { part in
      var batch = empty
      forEachSlot(ofPart: part) { add($0, to: &batch) }
      return batch
    } take: { part, batch in
      try printer.add(batch)
      progress.update(min(slots, (part + 1) * Self.partSize))
    }
  }

  private func add(_ outlook: SlotOutlook, to batch: inout RowBatch) {
    let time = Cell.text(outlook.slot.start.description)
    let topology = forecaster.topology
    for (origin, ways) in outlook.ways.enumerated() {
      let site = topology.sites[forecaster.origins[origin]]
      for (destination, way) in ways.enumerated()
      where forecaster.destinations[destination] != site.name {
        let ends: [Cell] = [time, .text(site.name), .text(forecaster.destinations[destination])]
        guard let way else {
          batch.add(ends + [.flag(false), .missing, .missing, .missing, .missing])
          continue
        }
        batch.add(
          ends + [
            .flag(true), .number(way.rttMs, decimals: 3), .integer(way.links),
            way.uplink.map { .text(site.uplinks[$0].name) } ?? .missing,
            way.servingSatellite.map { .text(topology.satelliteNames[$0]) } ?? .missing,
          ])
      }
    }
  }

  // MARK: A row a pair

  /// The round trip and the serving satellite of each pair in each slot of a part, pair after pair.
  private struct Series: Sendable {
    /// Milliseconds; infinite where there is no way.
    var rttMs: [[Float]]
    var satellites: [[Int32]]
  }

  /// Prints one row for each pair: quantiles of the slots' round trips, and how often the serving
  /// satellite changed.
  func printSummary(
    to printer: inout RowPrinter, threads: Int, progress: inout Progress
  ) async throws {
    let pairs = forecaster.origins.count * forecaster.destinations.count
    var rttMs = [[Float]](repeating: [], count: pairs)
    var handoffs = [Int](repeating: 0, count: pairs)
    var serving = [Int32](repeating: -1, count: pairs)
    try await OrderedParts.forEach(count: parts, threads: threads) { part in
      var series = Series(
        rttMs: Array(repeating: [], count: pairs), satellites: Array(repeating: [], count: pairs))
      forEachSlot(ofPart: part) { outlook in
        for (pair, way) in outlook.ways.joined().enumerated() {
          series.rttMs[pair].append(way.map { Float($0.rttMs) } ?? .infinity)
          series.satellites[pair].append(Int32(way?.servingSatellite ?? -1))
        }
      }
      return series
    } take: { part, series in
      for pair in 0..<pairs {
        rttMs[pair] += series.rttMs[pair]
        for satellite in series.satellites[pair] where satellite >= 0 {
          if serving[pair] >= 0, serving[pair] != satellite { handoffs[pair] += 1 }
          serving[pair] = satellite
        }
      }
      progress.update(min(slots, (part + 1) * Self.partSize))
    }
    for (pair, values) in rttMs.enumerated() {
      let (origin, destination) = pair.quotientAndRemainder(
        dividingBy: forecaster.destinations.count)
      let ends = (name(ofOrigin: origin), forecaster.destinations[destination])
      guard ends.0 != ends.1 else { continue }
      try printer.add(summary(of: values, ends: ends, handoffs: handoffs[pair]))
    }
  }

  private func summary(
    of values: [Float], ends: (from: String, to: String), handoffs: Int
  ) -> [Cell] {
    let sorted = values.filter(\.isFinite).sorted()
    /// The smallest value that at least this share of the reachable slots stays below or at.
    func quantile(_ share: Double) -> Cell {
      guard !sorted.isEmpty else { return .missing }
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return .number(Double(sorted[max(0, rank - 1)]), decimals: 3)
    }
    let reachable = 100 * Double(sorted.count) / Double(max(1, values.count))
    return [
      .text(ends.from), .text(ends.to), .integer(values.count), .number(reachable, decimals: 2),
      quantile(0), quantile(0.5), quantile(0.95), quantile(0.99), quantile(1), .integer(handoffs),
    ]
  }
}
