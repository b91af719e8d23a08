import Orbits
import TestSupport
import Testing

@testable import Network

/// The scheduler against what was measured of the real one, over the satellites of Starlink's filing.
@Suite struct SlotSchedulerTests {
  /// The places of the published measurement, degrees: Iowa, New York, Madrid, Washington.
  static let places = [(41.66, -91.53), (42.44, -76.5), (40.4, -3.7), (47.6, -122.3)]
  static let topology = FiledShells.topology(FiledShells.all[0])

  /// Everything a terminal could use in some slots, and what the scheduler chose.
  struct Picks {
    var candidateElevations: [Double] = []
    var elevations: [Double] = []
    var north = 0
    var northCandidates = 0
    var mixed = 0
    var sunlitOfMixed = 0
    var inView = 0

    var medianGain: Double { median(elevations) - median(candidateElevations) }
    func share(of count: Int) -> Double { Double(count) / Double(elevations.count) }
    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
  }

  static func picks(_ scheduler: SlotScheduler, latitudeSign: Double = 1, slots: Int) -> Picks {
    var random = Seeded(11)
    var picks = Picks()
    for _ in 0..<slots {
      let second = Double.random(in: 0...365 * 86_400, using: &random)
      let slot = Slot(containing: FiledShells.epoch.adding(seconds: second))
      // Elements hold for the year: only the geometry matters.
      let state = NetworkState(topology, slot: slot, scheduler: scheduler)
      let daylight = Daylight(at: slot.start)
      for (latitude, longitude) in places {
        let place = Geodetic(latitudeDeg: latitude * latitudeSign, longitudeDeg: longitude)
        let site = Site(
          name: "t", kind: .terminal, track: .fixed(place),
          uplinks: [
            Uplink(
              name: "u", medium: .leo(constellation: "c"), up: .megabitsPerSecond(1),
              down: .megabitsPerSecond(1))
          ])
        guard let pick = state.servingSatellite(of: site, constellation: "c") else { continue }
        picks.add(
          pick, of: state.accesses(from: site, constellation: "c"), state: state,
          observer: Observer(place), daylight: daylight)
      }
    }
    return picks
  }

  @Test func picksAsPublished() {
    let picks = Self.picks(.published, slots: 250)
    let inView = Double(picks.inView) / Double(picks.elevations.count)
    #expect((30...44).contains(inView), "35 to 44 in view as published; here \(inView)")
    #expect(abs(picks.medianGain - 22.9) < 3, "\(picks.medianGain)")
    let high = picks.share(of: picks.elevations.count { $0 >= 45 })
    #expect(abs(high - 0.80) < 0.03, "\(high)")
    let north = picks.share(of: picks.north)
    #expect(abs(north - 0.82) < 0.03, "\(north)")
    let available = Double(picks.northCandidates) / Double(picks.candidateElevations.count)
    #expect(abs(available - 0.58) < 0.03, "\(available)")
    let sunlit = Double(picks.sunlitOfMixed) / Double(picks.mixed)
    #expect(picks.mixed > 100)
    #expect(abs(sunlit - 0.723) < 0.08, "\(sunlit) of \(picks.mixed)")
  }

  @Test func thePreferenceMirrorsInTheSouth() {
    let picks = Self.picks(.published, latitudeSign: -1, slots: 60)
    #expect(picks.share(of: picks.north) < 0.35)
  }

  @Test func withoutWeightsTheHighestServes() throws {
    let picks = Self.picks(.highest, slots: 20)
    let state = NetworkState(
      Self.topology, slot: Slot(containing: FiledShells.epoch), scheduler: .highest)
    #expect(picks.elevations.min() ?? 0 > 45)
    #expect(state.schedule?.scheduler == .highest)
  }

  @Test func loadsAreUniformAndOfTheirSlotAndSeed() {
    let loads = (0..<4_000).map {
      SlotScheduler.published.load(of: "s\($0 % 40)", in: Slot(index: Int64($0 / 40)))
    }
    #expect(Set(loads).count == loads.count)
    for tenth in 0..<10 {
      let count = loads.count { Int($0 * 10) == tenth }
      #expect((320...480).contains(count))
    }
    var other = SlotScheduler.published
    other.seed = 1
    #expect(other.load(of: "s0", in: Slot(index: 0)) != loads[0])
    #expect(SlotScheduler.published.load(of: "s0", in: Slot(index: 0)) == loads[0])
  }
}

extension SlotSchedulerTests.Picks {
  mutating func add(
    _ pick: NetworkState.Access, of candidates: [NetworkState.Access], state: NetworkState,
    observer: Observer, daylight: Daylight
  ) {
    var sunlit = 0
    for candidate in candidates {
      let position = state.sky.positionsKm[candidate.satellite]
      let look = observer.lookAngles(to: ITRFState(positionKm: position, velocityKmS: .zero))
      let isNorth = look.azimuthDeg < 90 || look.azimuthDeg > 270
      let isLit = daylight.reaches(position)
      candidateElevations.append(look.elevationDeg)
      northCandidates += isNorth ? 1 : 0
      sunlit += isLit ? 1 : 0
      guard candidate.satellite == pick.satellite else { continue }
      elevations.append(look.elevationDeg)
      north += isNorth ? 1 : 0
      sunlitOfMixed += isLit ? 1 : 0
    }
    // Only where there was a choice.
    let isMixed = sunlit > 0 && sunlit < candidates.count
    if isMixed {
      mixed += 1
    } else if sunlit > 0 {
      sunlitOfMixed -= 1
    }
    inView += candidates.count
  }
}
