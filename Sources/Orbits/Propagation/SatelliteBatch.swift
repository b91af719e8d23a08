/// Many satellites propagated together, in the order of their element sets.
///
/// An element set that cannot be propagated keeps its place: its slot in every ``StateBuffer`` has the
/// error code, so indices stay those of the input.
public struct SatelliteBatch: Sendable {
  /// The element sets, in the order given.
  public let elements: [ElementSet]
  private var orbits: [SecularTheory] = []
  private var deepSpace: [DeepSpaceTheory] = []
  private var slots: [Slot] = []
  private let epochs: [UTC]

  /// What one place in the batch is, and where its constants are.
  private enum Slot {
    case nearEarth(orbit: Int)
    case deepSpace(orbit: Int, theory: Int)
    case unusable(code: UInt8)
  }

  /// Derives the constants of every element set.
  public init(_ elements: [ElementSet]) {
    self.elements = elements
    epochs = elements.map(\.epoch)
    orbits.reserveCapacity(elements.count)
    slots.reserveCapacity(elements.count)
    for set in elements {
      do throws(PropagationError) {
        let orbit = try SecularTheory(set)
        if orbit.isDeepSpace {
          slots.append(.deepSpace(orbit: orbits.count, theory: deepSpace.count))
          deepSpace.append(DeepSpaceTheory(orbit, epoch: set.epoch))
        } else {
          slots.append(.nearEarth(orbit: orbits.count))
        }
        orbits.append(orbit)
      } catch {
        slots.append(.unusable(code: UInt8(error.code)))
      }
    }
  }

  /// How many satellites there are, usable or not.
  public var count: Int { slots.count }

  /// Writes the TEME state of every satellite at one instant. Allocates nothing.
  ///
  /// - Precondition: `buffer.count == count`.
  public func propagate(to time: UTC, into buffer: inout StateBuffer) {
    epochs.withUnsafeBufferPointer { epochs in
      propagate(into: &buffer) { time.minutes(since: epochs[$0]) }
    }
  }

  /// Writes the TEME state of every satellite `minutes` after its own epoch. Allocates nothing.
  ///
  /// - Precondition: `buffer.count == count`.
  public func propagate(minutesSinceEpoch minutes: Double, into buffer: inout StateBuffer) {
    propagate(into: &buffer) { _ in minutes }
  }

  @inline(__always)
  private func propagate(into buffer: inout StateBuffer, minutes: (Int) -> Double) {
    precondition(buffer.count == count, "the buffer holds \(buffer.count) states, not \(count)")
    slots.withUnsafeBufferPointer { slots in
      orbits.withUnsafeBufferPointer { orbits in
        deepSpace.withUnsafeBufferPointer { deepSpace in
          buffer.withColumns { columns in
            for i in slots.indices {
              var state = TEMEState(positionKm: .zero, velocityKmS: .zero)
              let t = minutes(i)
              let code: UInt8
              switch slots[i] {
              case .unusable(let reason): code = reason
              case _ where !(abs(t) <= longestMinutes): code = 5
              case .nearEarth(let orbit):
                code = orbits[orbit].nearEarthState(minutesSinceEpoch: t, into: &state)
              case .deepSpace(let orbit, let theory):
                code = deepSpace[theory].state(orbits[orbit], minutesSinceEpoch: t, into: &state)
              }
              columns.store(state, code: code, at: i)
            }
          }
        }
      }
    }
  }
}
