import Orbits

/// Where every satellite of a topology is at one instant.
public struct Sky: Sendable {
  /// The instant.
  public let time: UTC
  /// Positions in ITRF, kilometres, by satellite number; meaningless where ``isUsable`` is false.
  public let positionsKm: [Vector3]
  /// Whether SGP4 gave a position: not so for a decayed satellite.
  public let isUsable: [Bool]
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
