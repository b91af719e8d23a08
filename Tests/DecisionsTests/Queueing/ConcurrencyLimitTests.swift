import Orbits
import TestSupport
import Testing

@testable import Decisions

@Suite struct ConcurrencyLimitTests {
  private static let start = UTC(year: 2026, month: 6, day: 1)

  private func observe(
    _ limit: inout ConcurrencyLimit, ms: Double, inFlight: Int, at seconds: Double
  ) {
    limit.observe(
      endpoint: "/v1/chat/completions", bytes: 1000, serviceMs: ms, inFlight: inFlight,
      at: Self.start.adding(seconds: seconds))
  }

  @Test func thereIsNoneUntilSomethingSpeaksForOne() {
    var limit = ConcurrencyLimit()
    for step in 0..<1000 {
      observe(&limit, ms: 200, inFlight: 5000, at: Double(step) / 10)
      limit.answered(inFlight: 5000)
    }
    #expect(limit.places == nil)
  }

  /// A backend that works on so many at a time and lets the rest wait: what it is given comes down to about
  /// what it can work on, and stays there.
  @Test(arguments: [1, 4, 16]) func findsWhatABackendBears(_ slots: Int) throws {
    var limit = ConcurrencyLimit()
    var random = Seeded(UInt64(slots))
    for step in 0..<6000 {
      let isQuiet = step % 400 < 40
      let inFlight = isQuiet ? 1 : min(64, limit.places ?? 64)
      let rounds = (Double(inFlight) / Double(slots)).rounded(.up)
      observe(
        &limit, ms: 400 * rounds * .random(in: 0.9...1.1, using: &random), inFlight: inFlight,
        at: Double(step) / 20)
      if step % 3 == 0 { limit.answered(inFlight: inFlight) }
    }
    let places = try #require(limit.places)
    #expect((slots...(slots * 3 + 4)).contains(places), "\(places)")
  }

  /// Handovers move the round trip by tens of milliseconds. It has been taken off, but for an error.
  @Test func aHandoverIsNoOverload() {
    var limit = ConcurrencyLimit()
    var random = Seeded(3)
    for step in 0..<3000 {
      let errorMs = (step / 150) % 2 == 0 ? -20.0 : 40
      observe(
        &limit, ms: 60 + errorMs + .random(in: -5...5, using: &random), inFlight: 200,
        at: Double(step) / 10)
    }
    #expect(limit.places == nil)
  }

  /// Some prompts are in the backend's cache and answered at once. They are no standard for the others.
  @Test(arguments: [0.02, 0.2, 0.5, 0.8, 0.98])
  func cachedPromptsAreNoStandard(_ share: Double) {
    var limit = ConcurrencyLimit()
    var random = Seeded(4)
    for step in 0..<3000 {
      let isCached = Double.random(in: 0..<1, using: &random) < share
      observe(&limit, ms: isCached ? 20 : 900, inFlight: 50, at: Double(step) / 10)
    }
    #expect(limit.places == nil)
  }

  @Test func aBurstIsNoOverload() {
    var limit = ConcurrencyLimit()
    for step in 0..<500 { observe(&limit, ms: 100, inFlight: 4, at: Double(step) / 10) }
    for step in 0..<400 { observe(&limit, ms: 3000, inFlight: 400, at: 50 + Double(step) / 100) }
    #expect(limit.places == nil)
  }

  @Test func aBackendThatSaysSoIsGivenHalfOnceARound() {
    var limit = ConcurrencyLimit()
    for _ in 0..<30 {
      limit.overloaded(
        began: Instant(nanoseconds: 0), inFlight: 64, at: Instant(nanoseconds: 1_000))
    }
    #expect(limit.places == 32)
    for round in 1...20 {
      let began = Instant(nanoseconds: Int64(round) * 1_000_000)
      limit.overloaded(began: began, inFlight: 32, at: began + .microseconds(1))
    }
    #expect(limit.places == 1)
  }

  @Test func whatIsUsedGrowsByOneARoundAndWhatIsNotDoesNot() throws {
    var limit = ConcurrencyLimit()
    limit.overloaded(began: Instant(nanoseconds: 0), inFlight: 20, at: Instant(nanoseconds: 1))
    for _ in 0..<100 { limit.answered(inFlight: 4) }
    #expect(limit.places == 10)
    for _ in 0..<10 { limit.answered(inFlight: 10) }
    #expect(try #require(limit.places) <= 11)
    for _ in 0..<200 { limit.answered(inFlight: 16) }
    #expect(try #require(limit.places) > 16)
  }

  /// What streams were like once is no verdict for ever on a backend that is asked for none any more.
  @Test func growsAgainWithoutStreams() throws {
    var limit = ConcurrencyLimit()
    for step in 0..<600 { observe(&limit, ms: 100, inFlight: 8, at: Double(step) / 10) }
    for step in 600..<800 { observe(&limit, ms: 2000, inFlight: 8, at: Double(step) / 10) }
    let cut = try #require(limit.places)
    for _ in 0..<500 { limit.answered(inFlight: limit.places ?? 8) }
    #expect(limit.places.map { $0 > cut } ?? true)
  }
}
