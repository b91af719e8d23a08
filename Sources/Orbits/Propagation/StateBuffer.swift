/// TEME positions and velocities of many satellites, one array per coordinate.
///
/// Make it once and let ``SatelliteBatch`` write into it time after time: propagation then allocates
/// nothing. A satellite without a state has its code in ``errors`` and zeros for coordinates: the
/// earth's centre, which is below every horizon, and never NaN.
public struct StateBuffer: Sendable {
  /// Position, first coordinate, kilometres.
  public internal(set) var x: [Double]
  /// Position, second coordinate, kilometres.
  public internal(set) var y: [Double]
  /// Position, third coordinate, kilometres.
  public internal(set) var z: [Double]
  /// Velocity, first coordinate, kilometres per second.
  public internal(set) var vx: [Double]
  /// Velocity, second coordinate, kilometres per second.
  public internal(set) var vy: [Double]
  /// Velocity, third coordinate, kilometres per second.
  public internal(set) var vz: [Double]
  /// 0 where there is a state, otherwise the code of ``PropagationError``.
  public internal(set) var errors: [UInt8]

  /// Creates a buffer for `count` satellites, all zeros.
  public init(count: Int) {
    x = Array(repeating: 0, count: count)
    y = x
    z = x
    vx = x
    vy = x
    vz = x
    errors = Array(repeating: 0, count: count)
  }

  /// How many satellites the buffer holds.
  public var count: Int { errors.count }

  /// The state of satellite `index`, or `nil` where it has none; ``errors`` tells why.
  @inlinable
  public subscript(index: Int) -> TEMEState? {
    guard errors[index] == 0 else { return nil }
    return TEMEState(
      positionKm: Vector3(x[index], y[index], z[index]),
      velocityKmS: Vector3(vx[index], vy[index], vz[index]))
  }

  /// The state of satellite `index`.
  ///
  /// - Throws: ``PropagationError`` where it has none.
  @inlinable
  public func state(_ index: Int) throws(PropagationError) -> TEMEState {
    guard let state = self[index] else { throw PropagationError(code: Int(errors[index])) }
    return state
  }

  /// Gives `body` the storage to write into.
  mutating func withColumns(_ body: (StateColumns) -> Void) {
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        z.withUnsafeMutableBufferPointer { z in
          vx.withUnsafeMutableBufferPointer { vx in
            vy.withUnsafeMutableBufferPointer { vy in
              vz.withUnsafeMutableBufferPointer { vz in
                errors.withUnsafeMutableBufferPointer { errors in
                  body(
                    StateColumns(x: x, y: y, z: z, vx: vx, vy: vy, vz: vz, errors: errors))
                }
              }
            }
          }
        }
      }
    }
  }
}

/// The memory of a ``StateBuffer`` while something writes it.
struct StateColumns {
  let x, y, z, vx, vy, vz: UnsafeMutableBufferPointer<Double>
  let errors: UnsafeMutableBufferPointer<UInt8>

  /// Writes one satellite's result.
  @inline(__always)
  func store(_ state: TEMEState, code: UInt8, at i: Int) {
    x[i] = state.positionKm.x
    y[i] = state.positionKm.y
    z[i] = state.positionKm.z
    vx[i] = state.velocityKmS.x
    vy[i] = state.velocityKmS.y
    vz[i] = state.velocityKmS.z
    errors[i] = code
  }
}
