import Decisions
import Orbits
import TestSupport
import Testing

@testable import Simulation

@Suite("Arrivals, faults and the queue of events")
struct WorkloadTests {
  @Test(arguments: [1.0, 600, 3_600, 86_400, 200_000])
  func countsAreExactAndTimesInOrder(_ seconds: Double) {
    let process = ArrivalProcess(
      perDay: 10_000, bursts: .init(share: 0.3, size: 7, withinSeconds: 20))
    let times = process.arrivals(startSecond: 5_000, seconds: seconds, seed: 4)
    #expect(times.count == Int((10_000 * seconds / 86_400).rounded()))
    #expect(times == times.sorted())
    #expect(times.allSatisfy { 0...Int64(seconds * 1e9) ~= $0 })
  }

  @Test func theShapeIsKeptByTheClockNotByTheStart() {
    var shape = [Double](repeating: 0, count: 24)
    shape[20] = 3
    shape[21] = 1
    let process = ArrivalProcess(perDay: 4_000, shape: shape)
    let times = process.arrivals(startSecond: 19 * 3_600, seconds: 86_400, seed: 1)
    #expect(times.count == 4_000)
    let hours = times.map { Int($0 / 3_600_000_000_000) + 19 }
    #expect(Set(hours) == [20, 21])
    #expect(abs(Double(hours.count { $0 == 20 }) / 4_000 - 0.75) < 0.03)
  }

  @Test func faultsAreSpansInOrder() {
    let faults = [
      DeclaredFault(
        subject: .backend("a"), schedule: .every(meanSeconds: 500, forMeanSeconds: 100)),
      DeclaredFault(subject: .backend("a"), schedule: .once(atSeconds: 10, forSeconds: 60)),
      DeclaredFault(subject: .backend("b"), schedule: .once(atSeconds: 5, forSeconds: 1)),
    ]
    let windows = FaultWindows(
      of: .backend("a"), in: faults, start: Instant(nanoseconds: 0), seconds: 1e6, seed: 2)
    for (one, next) in zip(windows.windows, windows.windows.dropFirst()) {
      #expect(one.start < one.end && one.end < next.start)
    }
    #expect(windows.contains(Instant(nanoseconds: 30_000_000_000)))
    #expect(
      !FaultWindows(
        of: .backend("c"), in: faults, start: Instant(nanoseconds: 0), seconds: 1e6, seed: 2
      )
      .contains(Instant(nanoseconds: 5_500_000_000)))
    let broken = windows.windows.reduce(0.0) {
      $0 + Double($1.end.nanoseconds - $1.start.nanoseconds) / 1e9
    }
    #expect(abs(broken / 1e6 - 1.0 / 6) < 0.02)
    var random = Seeded(1)
    for _ in 0..<2_000 {
      let time = Instant(nanoseconds: .random(in: 0..<1_000_000_000_000_000, using: &random))
      let isInside = windows.windows.contains { $0.start <= time && time < $0.end }
      #expect(windows.contains(time) == isInside)
    }
  }

  @Test func eventsComeInOrderOfTimeThenOfAdding() {
    var random = Seeded(9)
    var queue = EventQueue<Int>()
    var expected: [(time: Int64, number: Int)] = []
    for number in 0..<3_000 {
      let time = Int64.random(in: 0..<200, using: &random)
      queue.add(number, at: Instant(nanoseconds: time))
      expected.append((time, number))
    }
    expected.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    for entry in expected {
      let next = queue.next()
      #expect(next?.time.nanoseconds == entry.time && next?.event == entry.number)
    }
    #expect(queue.isEmpty && queue.next() == nil)
  }

  /// An event that is added late in a place kept for it comes as if it had been added then.
  @Test func keptPlacesComeInTheirTurn() {
    var queue = EventQueue<String>()
    let now = Instant(nanoseconds: 7)
    queue.add("first", at: now)
    let kept = queue.reserve(2)
    queue.add("last", at: now)
    queue.add("third", at: now, number: kept + 1)
    queue.add("second", at: now, number: kept)
    let events = (0..<4).compactMap { _ in queue.next()?.event }
    #expect(events == ["first", "second", "third", "last"])
  }

  /// Whatever comes and goes, no more than the places are taken, and who waits longest is next.
  @Test func aBackendServesInOrder() {
    var law = ServiceLaw.standard
    law.concurrency = 3
    var backend = SimulatedBackend(law: law)
    var random = Seeded(5)
    var serving: [SimulatedBackend.Job] = []
    var waiting: [SimulatedBackend.Job] = []
    for number in 0..<4_000 {
      let job = SimulatedBackend.Job(request: number, attempt: 1)
      if Bool.random(using: &random) {
        if backend.admit(job) { serving.append(job) } else { waiting.append(job) }
      } else if let place = serving.indices.randomElement(using: &random) {
        let next = backend.leave(serving.remove(at: place))
        #expect(next == waiting.first)
        if next != nil { serving.append(waiting.removeFirst()) }
      } else if let place = waiting.indices.randomElement(using: &random) {
        #expect(backend.leave(waiting.remove(at: place)) == nil)
      }
      #expect(serving.count <= 3 && (waiting.isEmpty || serving.count == 3))
    }
  }
}
