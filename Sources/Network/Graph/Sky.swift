import Orbits

/// Where every satellite of a topology is at one instant.
public struct Sky: Sendable {
  /// The instant.
  public let time: UTC
  /// Positions in ITRF, kilometres, by satellite number; meaningless where ``isUsable`` is false.
  public let positionsKm: [Vector3]
  /// Whether SGP4 gave a position: not so for a decayed satellite.
  public let isUsable: [Bool]

  /// The height above which a laser beam passes clear of the atmosphere, kilometres (Kassing et al.,
  /// IMC 2020).
  static let beamClearanceKm = 80.0
  private static let grazingRadiusSquared: Double = {
    let radius = 6_378.135 + beamClearanceKm
    return radius * radius
  }()

  /// The length of the link between two satellites, kilometres, or `nil` where the Earth or its
  /// atmosphere is in the way or one of them is gone.
  @inline(__always)
  func linkKm(_ a: Int, _ b: Int) -> Double? {
    guard isUsable[a], isUsable[b] else { return nil }
    let from = positionsKm[a]
    let line = positionsKm[b] - from
    let squared = dot(line, line)
    // The point of the line nearest to the Earth's centre, where it lies between the two.
    let along = -dot(from, line)
    if along > 0, along < squared {
      guard dot(from, from) - along * along / squared >= Self.grazingRadiusSquared else {
        return nil
      }
    }
    return squared.squareRoot()
  }
}

extension Topology {
  /// Propagates every satellite to `time`.
  public func sky(at time: UTC) -> Sky {
    var positions: [Vector3] = []
    var usable: [Bool] = []
    positions.reserveCapacity(satelliteNames.count)
    usable.reserveCapacity(satelliteNames.count)
    let rotation = EarthRotation(at: time)
    for batch in batches {
      var states = StateBuffer(count: batch.count)
      batch.propagate(to: time, into: &states)
      for index in 0..<batch.count {
        let isGood = states.errors[index] == 0
        usable.append(isGood)
        let teme = Vector3(states.x[index], states.y[index], states.z[index])
        positions.append(isGood ? rotation.itrf(positionKm: teme) : .zero)
      }
    }
    return Sky(time: time, positionsKm: positions, isUsable: usable)
  }
}
