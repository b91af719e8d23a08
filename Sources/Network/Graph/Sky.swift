import Orbits

/// Where every satellite of a topology is at one instant.
public struct Sky: Sendable {
  /// The instant.
  public private(set) var time: UTC
  /// Positions in ITRF, kilometres, by satellite number; zero where ``isUsable`` is false.
  public private(set) var positionsKm: [Vector3]
  /// Whether SGP4 gave a position: not so for a decayed satellite.
  public private(set) var isUsable: [Bool]

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

  /// A sky without satellites yet, to be moved to an instant.
  init(satellites: Int) {
    time = UTC(nanosecondsSince1970: 0)
    positionsKm = [Vector3](repeating: .zero, count: satellites)
    isUsable = [Bool](repeating: false, count: satellites)
  }

  /// Propagates every satellite of `topology` to `time`, through `states`. Allocates nothing.
  mutating func move(_ topology: Topology, to time: UTC, states: inout [StateBuffer]) {
    self.time = time
    let rotation = EarthRotation(at: time)
    for number in topology.batches.indices {
      topology.batches[number].propagate(to: time, into: &states[number])
      let first = topology.satelliteRanges[number].lowerBound
      take(states[number], from: first, rotation: rotation)
    }
  }

  private mutating func take(_ states: StateBuffer, from first: Int, rotation: EarthRotation) {
    positionsKm.withUnsafeMutableBufferPointer { positions in
      for index in 0..<states.count {
        let teme = Vector3(states.x[index], states.y[index], states.z[index])
        positions[first + index] = rotation.itrf(positionKm: teme)
        isUsable[first + index] = states.errors[index] == 0
      }
    }
  }
}

extension Topology {
  /// Propagates every satellite to `time`.
  public func sky(at time: UTC) -> Sky {
    var sky = Sky(satellites: satelliteNames.count)
    var states = stateBuffers()
    sky.move(self, to: time, states: &states)
    return sky
  }

  /// Room for the states of each constellation's satellites.
  func stateBuffers() -> [StateBuffer] { batches.map { StateBuffer(count: $0.count) } }
}
