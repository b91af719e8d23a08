import Synchronization
import Testing

@testable import Gateway

/// The control plane by way of the gateway's port.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ControlTests {
  /// Streams far more than buffers hold, and tells when its stream is no longer wanted.
  private final class Flood: ControlPlane {
    private let ended = Atomic<Bool>(false)

    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    func respond(to request: ControlRequest) async throws -> ControlResponse {
      let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
      continuation.onTermination = { [self] _ in ended.store(true, ordering: .releasing) }
      let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
      for _ in 0..<400 { continuation.yield(chunk) }
      return .stream(status: 200, headers: [("content-type", "text/event-stream")], body: stream)
    }
  }

  @Test func aClientThatStopsReadingIsClosed() async throws {
    let flood = Flood()
    try await Rig.run(
      Script.good, configure: { $0.timeouts.idle = .milliseconds(300) }, control: flood
    ) { rig in
      let client = try await rig.client(isReading: false)
      try await client.get("/events")
      #expect(try await rig.eventually { flood.hasEnded })
      await client.close()
    }
  }

  /// Only what is being written is waited for: a stream may have nothing to say for long.
  @Test func aSilentStreamStays() async throws {
    try await Rig.run(Script.good, configure: { $0.timeouts.idle = .milliseconds(50) }) { rig in
      let client = try await rig.client()
      try await client.get("/stream?pause")
      let response = try await client.response()
      #expect(response.isComplete && response.text.hasSuffix("data: late\n\n"))
    }
  }

  @Test func browsersDoNotGuessTypes() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      for path in [
        "/metrics", "/sniffed", "/stream", "/fail", "/v1/models", "/v1/files", "/health",
      ] {
        try await client.get(path)
        let response = try await client.response()
        let values = response.headers.filter { $0.name == "x-content-type-options" }.map(\.value)
        #expect(values == ["nosniff"], "\(path)")
      }
    }
  }
}
