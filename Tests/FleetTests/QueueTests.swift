import Fleet
import Network
import Testing

@Suite("Places and the queue for them")
struct QueueTests {
  private static func gateway(_ queue: String) -> String { "queue: \(queue)" }

  @Test func everyKeyIsRead() throws {
    let fleet = try Manifests.load(
      Small.manifest(
        gateway: Self.gateway(
          "{length: 10, longestWait: 5s, standing: 2s, standingWait: 500ms}")))
    #expect(
      fleet.gateway?.queue
        == QueueSettings(
          length: 10, longestWait: .seconds(5), standing: .seconds(2),
          standingWait: .milliseconds(500)))
  }

  @Test func whatIsNotSaidIsAsUsual() throws {
    let shorter = try Manifests.load(
      Small.manifest(gateway: Self.gateway("{longestWait: 1s}")))
    #expect(shorter.gateway?.queue.standingWait == .seconds(1))
    #expect(shorter.gateway?.queue.length == QueueSettings.standardLength)
    #expect(
      try Manifests.load(Small.manifest()).gateway?.queue ?? QueueSettings() == QueueSettings())
  }

  @Test func uplinksHavePlacesToo() throws {
    let fleet = try Manifests.load(Small.manifest(uplink: "places: 9"))
    #expect(fleet.sites[0].uplinks[0].places == 9)
    let problems = Manifests.problems(of: Small.manifest(uplink: "places: none"))
    #expect(problems.map(\.path) == ["sites[0].uplinks[0].places"])
  }

  @Test(arguments: [
    ("{length: 0}", "length"), ("{length: many}", "length"), ("{longestWait: 1h}", "longestWait"),
    ("{longestWait: 5}", "longestWait"), ("{standing: 0s}", "standing"),
    ("{longestWait: 2s, standingWait: 3s}", "standingWait"), ("{size: 3}", "size"),
  ])
  func aMistakeIsShownWithItsPlaceAndACure(_ queue: String, _ key: String) throws {
    let problems = Manifests.problems(of: Small.manifest(gateway: Self.gateway(queue)))
    #expect(problems.map(\.path) == ["gateway.queue.\(key)"], "\(problems)")
    #expect(problems.allSatisfy { $0.line == 3 && !$0.cure.isEmpty }, "\(problems)")
  }
}
