import Orbits
import Testing

@testable import Dish

@Suite struct TerminalStateTests {
  @Test func beforeTheFirstSecondThereIsNothing() {
    let state = TerminalState.seen(seconds: 0)
    let history = TerminalHistory(state.history)
    #expect(history.count == 0 && history.samples.isEmpty && history.outages.isEmpty)
    #expect(TerminalStatus(state.status).state == "CONNECTED")
  }

  @Test(arguments: [1, 899, 900, 901, 1_000, 2_750])
  func theRingUnrollsToTheNewestSeconds(seconds: Int) {
    let history = TerminalHistory(TerminalState.seen(seconds: seconds).history)
    #expect(history.count == seconds)
    #expect(history.samples.map(\.number) == Array(max(0, seconds - 900)..<seconds))
    for sample in history.samples where !(960..<980).contains(sample.number) {
      #expect(sample.popPingLatencyMs == 20 + Double(sample.number % 15))
      #expect(sample.downlinkBitsPerSecond == 1_000 * Double(sample.number))
      #expect(sample.popPingDropRate == 0 && sample.powerW == 40)
    }
  }

  @Test func anOutageHasACauseAStartAndALength() throws {
    let during = TerminalStatus(TerminalState.seen(seconds: 970).status)
    #expect(during.state == "NO_SATS" && during.popPingDropRate == 1)
    #expect(during.popPingLatencyMs == -1 && during.isSNRAboveNoiseFloor == false)
    #expect(during.outage?.durationSeconds == 10)
    let after = TerminalState.seen(seconds: 1_000)
    #expect(TerminalStatus(after.status).outage == nil)
    let history = TerminalHistory(after.history)
    let outage = try #require(history.outages.first)
    #expect(history.outages.count == 1 && outage.cause == "NO_SATS")
    #expect(outage.durationSeconds == 20)
    #expect(outage.start == TerminalState.boot.adding(seconds: 960))
    #expect(history.samples.filter { $0.popPingLatencyMs == nil }.map(\.number) == Array(960..<980))
  }

  @Test(arguments: [-1, 60_000, 1e38, .infinity, .nan])
  func aLatencyThatCanNotBeWasNotMeasured(latencyMs: Double) {
    var message = TerminalState.seen(seconds: 3).history
    message[all: "pop_ping_latency_ms"] = [0, latencyMs, 59_999].map { .real($0) }
    #expect(TerminalHistory(message).samples.map(\.popPingLatencyMs) == [0, nil, 59_999])
  }

  @Test func outagesAreBoundedInNumberAndSeparateByCause() {
    var state = TerminalState.seen(seconds: 0)
    let causes: [TerminalSample.OutageCause] = [.noSats, .obstructed]
    for number in 0..<600 {
      state.append(
        TerminalSample(latencyMs: nil, dropRate: 1, outage: causes[number % 2]),
        at: TerminalState.boot.adding(seconds: Double(number)))
    }
    #expect(state.outages.count == 256 && state.outages.allSatisfy { $0.seconds == 1 })
  }

  @Test func theMapIsNorthUpAndEastRight() throws {
    func place(_ azimuth: Double, _ elevation: Double) throws -> (row: Int, column: Int) {
      let look = LookAngles(
        azimuthDeg: azimuth, elevationDeg: elevation, rangeKm: 1, rangeRateKmS: 0)
      let index = try #require(SeenSky.index(look))
      return (index / 123, index % 123)
    }
    #expect(try place(0, 90) == (61, 61))
    #expect(try place(0, 10) == (0, 61))
    #expect(try place(90, 10) == (61, 122))
    #expect(try place(180, 10) == (122, 61))
    #expect(try place(270, 10) == (61, 0))
    let below = LookAngles(azimuthDeg: 0, elevationDeg: 5, rangeKm: 1, rangeRateKmS: 0)
    #expect(SeenSky.index(below) == nil)

    let map = try #require(ObstructionMap(TerminalState.seen(seconds: 10).obstructionMap))
    #expect(map.rows == 123 && map.columns == 123 && map.maxThetaDeg == 80)
    #expect(map.snr.filter { $0 >= 0 }.count == 2 && map.obstructedFraction == 0)
    #expect(map.referenceFrame == "FRAME_EARTH")
  }

  @Test func aMapThatIsNotItsRowsByItsColumnsIsRefused() {
    var message = TerminalState.seen(seconds: 1).obstructionMap
    message["num_rows"] = .unsigned(122)
    #expect(ObstructionMap(message) == nil)
    message["num_rows"] = .unsigned(UInt64.max)
    #expect(ObstructionMap(message) == nil)
    message["num_rows"] = .unsigned(UInt64(UInt32.max))
    message["num_cols"] = .unsigned(UInt64(UInt32.max))
    #expect(ObstructionMap(message) == nil)
  }

  /// 2017-01-01 00:00:00 UTC is GPS second 1,167,264,018: 18 leap seconds lie between.
  @Test func gpsTimeCountsLeapSeconds() {
    let newYear = UTC(year: 2017, month: 1, day: 1)
    #expect(GPSTime.nanoseconds(at: newYear) == 1_167_264_018_000_000_000)
    #expect(GPSTime.utc(nanoseconds: 1_167_264_018_000_000_000) == newYear)
    #expect(GPSTime.utc(nanoseconds: 0) == UTC(year: 1980, month: 1, day: 6))
    #expect(GPSTime.utc(nanoseconds: .max) == nil)
  }

  @Test(arguments: [
    ("192.168.100.1", "192.168.100.1:9200"), ("dish.local:9201", "dish.local:9201"),
    ("[::1]:80", "[::1]:80"), ("::1", "[::1]:9200"), ("[fe80::1]", "[fe80::1]:9200"),
  ])
  func addressesAreRead(text: String, address: String) {
    #expect(TerminalAddress(text)?.description == address)
  }

  @Test(arguments: ["", ":9200", "a:b", "host:0", "host:65536", "a b", "http://host", "host:-1"])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(TerminalAddress(text) == nil)
  }
}
