import Network

/// What has happened on one uplink, counted slot by slot.
public struct UplinkHistory: Sendable, Equatable {
  /// The satellite that served last; `nil` before the first.
  public private(set) var servingSatellite: String?
  /// Changes of the serving satellite.
  public private(set) var handoffs = 0
  /// Time without a route to anywhere, in whole slots that are over, seconds.
  public private(set) var outageSeconds = 0.0
  private var isOut = false

  /// A history of nothing.
  public init() {}

  /// Counts what a slot that begins brings.
  ///
  /// - Parameter routes: The slot's route to each destination, `nil` where there is none; none at all
  ///   where there is nowhere to go, which is no outage.
  mutating func enter(_ routes: [Route?]) {
    let serving = routes.lazy.compactMap { $0?.servingSatellite }.first
    if let serving, let before = servingSatellite, before != serving { handoffs += 1 }
    servingSatellite = serving ?? servingSatellite
    // A slot without a route is counted once it is over.
    if isOut { outageSeconds += Double(Slot.lengthSeconds) }
    isOut = !routes.isEmpty && routes.allSatisfy { $0 == nil }
  }
}
