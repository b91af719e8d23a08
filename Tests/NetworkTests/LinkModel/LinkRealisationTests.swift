import Network
import Orbits
import TestSupport
import Testing

@Suite("Link realisations")
struct LinkRealisationTests {
  static let slots = (0..<4_000).map { Slot(index: 100_000_000 + $0) }

  @Test("any slot can be asked for, in any order, with the same answer")
  func randomAccess() {
    var model = LinkModel.laser
    model.outages = [
      OutageLaw(
        cause: .noDownlink, perHour: 30, seconds: QuantileLaw((1...12).map { 12.0 * Double($0) }))
    ]
    model.weather = Weather(rainShare: 0.3)
    let one = LinkRealisation(model, uplink: "starlink", seed: 5)
    let forward = Self.slots.map(one.conditions(in:))
    let again = LinkRealisation(model, uplink: "starlink", seed: 5)
    for (slot, conditions) in zip(Self.slots, forward).reversed() {
      #expect(again.conditions(in: slot) == conditions)
    }
    let other = LinkRealisation(model, uplink: "starlink", seed: 6)
    let elsewhere = LinkRealisation(model, uplink: "oneweb", seed: 5)
    #expect(other.conditions(in: Self.slots[0]) != forward[0])
    #expect(elsewhere.conditions(in: Self.slots[0]).baseMs != forward[0].baseMs)
  }

  @Test("an uplink has one course at each site, and another at another")
  func coursesOfUplinks() {
    let uplink = Uplink(
      name: "leo", medium: .leo(constellation: "shell"), up: .megabitsPerSecond(10),
      down: .megabitsPerSecond(100))
    let here = uplink.realisation(at: "a", seed: 5).conditions(in: Self.slots[0])
    #expect(uplink.realisation(at: "a", seed: 5).conditions(in: Self.slots[0]) == here)
    #expect(
      uplink.realisation(at: "b", seed: 5).conditions(in: Self.slots[0]).baseMs != here.baseMs)
    let named = LinkRealisation(uplink.link, uplink: "a/leo", seed: 5)
    #expect(named.conditions(in: Self.slots[0]) == here)
  }

  @Test("an outage is the same from each slot that it touches")
  func outagesAcrossSlots() {
    var model = LinkModel.bentPipe
    model.outages = [
      OutageLaw(
        cause: .obstructed, perHour: 40,
        seconds: QuantileLaw([1, 2, 3, 5, 8, 20, 40, 50, 60, 80, 90, 100]))
    ]
    let link = LinkRealisation(model, uplink: "a", seed: 1)
    var (crossing, seconds) = (0, 0.0)
    for slot in Self.slots {
      let here = link.conditions(in: slot)
      let next = link.conditions(in: slot.next)
      for outage in here.outages where outage.start >= slot.start {
        seconds += outage.end.seconds(since: outage.start)
        guard outage.end > slot.end else { continue }
        crossing += 1
        #expect(next.outages.contains(outage))
        #expect(next.isOut(at: slot.end))
      }
    }
    #expect(crossing > 100)
    // The mean of the law at 40 an hour.
    let expected = model.outages[0].seconds.mean * 40 * Double(Self.slots.count) / 240
    #expect(abs(seconds - expected) < 0.1 * expected)
  }

  @Test("bases follow their law, and neighbours resemble each other as told")
  func bases() {
    var model = LinkModel.bentPipe
    (model.baseCorrelation, model.baseMemory) = (0.6, 0.8)
    let link = LinkRealisation(model, uplink: "a", seed: 3)
    let bases = (0..<20_000).map { link.conditions(in: Slot(index: $0)).baseMs }
    let sorted = bases.sorted()
    for share in [0.05, 0.25, 0.5, 0.75, 0.95] {
      let got = sorted[Int(share * Double(sorted.count))]
      #expect(abs(got - model.baseMs(share)) < 0.05 * model.baseMs(share))
    }
    #expect(abs(rankCorrelation(bases, lag: 1) - 0.6) < 0.05)
    #expect(abs(rankCorrelation(bases, lag: 2) - 0.48) < 0.05)
    #expect(abs(rankCorrelation(bases, lag: 40)) < 0.05)
  }

  @Test("sustained spikes last whole slots")
  func spikes() {
    let link = LinkRealisation(.laser, uplink: "a", seed: 3)
    let high = LinkModel.laser.baseMs(0.9)
    var (lengths, run) = ([Int](), 0)
    for index in 0..<20_000 {
      if link.conditions(in: Slot(index: Int64(index))).baseMs > high {
        run += 1
      } else if run > 0 {
        lengths.append(run)
        run = 0
      }
    }
    #expect(lengths.count { $0 >= 2 } > lengths.count / 5)
    #expect(lengths.contains { $0 >= 4 })
  }

  @Test("nothing comes back sooner than propagation allows, and losses come at their rate")
  func roundTrips() {
    var random = Seeded(9)
    for model in [LinkModel.bentPipe, .laser, .typical(of: .geo(longitudeDeg: 0, teleport: "x"))] {
      let link = LinkRealisation(model, uplink: "a", seed: 3)
      var (lost, sent) = (0, 0)
      for slot in Self.slots.prefix(300) {
        let conditions = link.conditions(in: slot)
        for step in 0..<150 {
          let time = slot.start.adding(seconds: Double(step) / 10 + 0.05)
          sent += 1
          guard let ms = conditions.roundTripMs(at: time, load: 0.5, random: &random) else {
            lost += 1
            continue
          }
          #expect(ms >= 0 && ms.isFinite)
        }
      }
      let share = Double(lost) / Double(sent)
      #expect(share >= model.loss * 0.6 && share < model.loss + 0.02)
    }
  }

  @Test("a full buffer is what a loaded link shows")
  func queueing() {
    var model = LinkModel(steady: AccessModel(delayMs: 10, jitterMs: 0, loss: 0))
    model.queue = Queue(serviceMs: 4, bufferMs: 200)
    let conditions = LinkRealisation(model, uplink: "a", seed: 1).conditions(in: Self.slots[0])
    func mean(_ load: Double) -> Double {
      var random = Seeded(2)
      let all = (0..<4_000).compactMap { _ in
        conditions.roundTripMs(at: Self.slots[0].start, load: load, random: &random)
      }
      return all.reduce(0, +) / Double(all.count) - 20
    }
    #expect(mean(0) == 0)
    #expect(abs(mean(0.5) - 4) < 0.3)
    #expect(mean(0.9) > 30 && mean(0.9) < 40)
    #expect(mean(1.5) > 100 && mean(1.5) <= 200)
  }

  @Test("rain takes capacity and not time; the peak hour takes both")
  func weatherAndDay() {
    var model = LinkModel.bentPipe
    model.weather = Weather(rainShare: 0.5, spellSlots: 4)
    let wet = LinkRealisation(model, uplink: "a", seed: 1)
    let dry = LinkRealisation(.bentPipe, uplink: "a", seed: 1)
    var rainy = 0
    for slot in Self.slots {
      let (a, b) = (wet.conditions(in: slot), dry.conditions(in: slot))
      #expect(a.baseMs == b.baseMs)
      guard a.isRaining else { continue }
      rainy += 1
      #expect(abs(a.capacityFactor / b.capacityFactor - 0.622) < 1e-9)
      #expect(abs(a.upCapacityFactor / b.upCapacityFactor - 0.477) < 1e-9)
    }
    #expect(abs(Double(rainy) / Double(Self.slots.count) - 0.5) < 0.05)

    model.diurnal = DiurnalLoad(amplitude: 0.3, peakHourUTC: 20)
    let daily = LinkRealisation(model, uplink: "a", seed: 1)
    let peak = Slot(containing: UTC(year: 2026, month: 11, day: 25, hour: 20))
    let ratio = daily.conditions(in: peak).baseMs / wet.conditions(in: peak).baseMs
    #expect(abs(ratio - 1.3) < 1e-6)
  }

  private func rankCorrelation(_ values: [Double], lag: Int) -> Double {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var rank = [Double](repeating: 0, count: values.count)
    for (place, index) in order.enumerated() { rank[index] = Double(place) }
    let mean = Double(values.count - 1) / 2
    let variance = rank.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rank.count)
    var sum = 0.0
    for index in 0..<(rank.count - lag) { sum += (rank[index] - mean) * (rank[index + lag] - mean) }
    return sum / Double(rank.count - lag) / variance
  }
}
