/// The ways from some sites to some destinations in one state of the network, worked out once and
/// asked many times.
///
/// ``figures(from:over:to:)`` takes a few microseconds and allocates nothing.
public struct PreparedRoutes: Sendable {
  /// The network as it stands.
  public let state: NetworkState
  /// The names of the destinations that can be asked for, in order.
  public let destinations: [String]

  let fields: DistanceFields
  /// By destination.
  let waysIn: [[WayIn]]
  /// By site, then by uplink; empty for sites that are not prepared.
  let waysOut: [[WayOut]]

  /// A field, and what entering the destination that way adds.
  struct WayIn: Sendable {
    var field: Int
    var processingMs: Double
  }

  /// Where a terminal's uplink leads first.
  enum WayOut: Sendable {
    /// To one of these satellites.
    case satellites([NetworkState.Access])
    /// Over a geostationary satellite to a site.
    case geostationary(longitudeDeg: Double, landing: Int)
    /// Along the ground to a site.
    case ground(landing: Int, stretch: Double)
    /// Nowhere now.
    case none
  }

  /// Prepares the ways from `origins`, or from every site, to `destinations`. Names of no site or zone
  /// have no ways.
  public init(_ state: NetworkState, from origins: [String]? = nil, to destinations: [String]) {
    self.state = state
    self.destinations = destinations
    var lists: [[DistanceFields.Entry]] = []
    var waysIn: [[WayIn]] = []
    for destination in destinations {
      let ways = state.entries(to: destination)
      waysIn.append(
        ways.enumerated().map {
          WayIn(field: lists.count + $0.offset, processingMs: $0.element.processingMs)
        })
      lists += ways.map(\.entries)
    }
    self.waysIn = waysIn
    let topology = state.topology
    fields = DistanceFields(
      topology, sky: state.sky, lengths: state.lengths, feeders: state.feeders, entries: lists)
    var waysOut = [[WayOut]](repeating: [], count: topology.sites.count)
    for number in origins?.compactMap({ topology.siteIndex[$0] }) ?? Array(topology.sites.indices) {
      waysOut[number] = topology.sites[number].uplinks.map {
        Self.wayOut(of: number, over: $0, state: state)
      }
    }
    self.waysOut = waysOut
  }

  private static func wayOut(of site: Int, over uplink: Uplink, state: NetworkState) -> WayOut {
    let topology = state.topology
    switch uplink.medium {
    case .leo(let constellation):
      return .satellites(state.entrances(to: topology.sites[site], constellation: constellation))
    case .geo(let longitude, let teleport):
      guard let landing = topology.siteIndex[teleport],
        state.seesGeostationary(longitudeDeg: longitude, from: site),
        state.seesGeostationary(longitudeDeg: longitude, from: landing)
      else { return .none }
      return .geostationary(longitudeDeg: longitude, landing: landing)
    case .fiber(let landsAt, let stretch), .cellular(let landsAt, let stretch):
      guard let landing = topology.siteIndex[landsAt] else { return .none }
      return .ground(landing: landing, stretch: stretch)
    }
  }

  /// The place of a destination in ``destinations``; `nil` where it was not prepared.
  public func index(of destination: String) -> Int? { destinations.firstIndex(of: destination) }
}
