import Orbits
import TestSupport
import Testing

@testable import Network

@Suite struct SlotTests {
  @Test func edgesFallOnSeconds12And27And42And57() {
    var random = Seeded(7)
    for _ in 0..<1_000 {
      let time = UTC(secondsSince1970: .random(in: -1e9...4e9, using: &random))
      let slot = Slot(containing: time)
      #expect(slot.start <= time && time < slot.end)
      #expect(slot.end.seconds(since: slot.start) == 15)
      let second = slot.start.description.dropLast().suffix(2)
      #expect(["12", "27", "42", "57"].contains(second))
    }
  }

  @Test func anEdgeBelongsToTheSlotItBegins() throws {
    let edge = try #require(UTC("2026-11-25T12:00:27Z"))
    #expect(Slot(containing: edge).start == edge)
    #expect(Slot(containing: edge.adding(seconds: -1e-9)).end == edge)
  }
}

@Suite struct TrackTests {
  static let start = UTC(year: 2026, month: 11, day: 20)
  static let track = Track.waypoints([
    .init(time: start, position: Geodetic(latitudeDeg: 50, longitudeDeg: -5)),
    .init(
      time: start.adding(seconds: 86_400), position: Geodetic(latitudeDeg: 45, longitudeDeg: -20)),
    .init(
      time: start.adding(seconds: 172_800), position: Geodetic(latitudeDeg: 40, longitudeDeg: -50)),
  ])

  @Test func movesAtConstantSpeedOnEachLeg() {
    let legs = [0.0, 86_400].map { offset in
      (0...10).map {
        Self.track.position(at: Self.start.adding(seconds: offset + Double($0) * 8_640))
      }
    }
    for leg in legs {
      let steps = zip(leg, leg.dropFirst()).map { GreatCircle.distanceKm($0, $1) }
      for step in steps { #expect(abs(step - steps[0]) < 1e-6) }
    }
  }

  @Test func waitsAtItsEnds() {
    #expect(Self.track.position(at: Self.start.adding(seconds: -1)).latitudeDeg == 50)
    #expect(Self.track.position(at: Self.start.adding(seconds: 1e6)).longitudeDeg == -50)
  }

  @Test func crossesTheDateLineTheShortWay() {
    let a = Geodetic(latitudeDeg: 0, longitudeDeg: 179)
    let b = Geodetic(latitudeDeg: 0, longitudeDeg: -179)
    #expect(abs(GreatCircle.distanceKm(a, b) - 222.39) < 0.01)
    let middle = GreatCircle.point(from: a, to: b, share: 0.5)
    #expect(abs(abs(middle.longitudeDeg) - 180) < 1e-9)
  }
}

@Suite struct DistanceHeapTests {
  @Test func popsInOrder() {
    var random = Seeded(3)
    var heap = DistanceHeap(capacity: 8)
    var expected: [(Double, Int32)] = []
    for node in 0..<2_000 {
      let distance = Double(Int.random(in: 0...300, using: &random))
      heap.push(distance, Int32(node))
      expected.append((distance, Int32(node)))
    }
    expected.sort { $0 < $1 }
    for (distance, node) in expected {
      let popped = heap.pop()
      #expect(popped?.distance == distance && popped?.node == node)
    }
    #expect(heap.pop() == nil)
  }
}
