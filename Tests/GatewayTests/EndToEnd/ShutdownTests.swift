import Decisions
import NIOCore
import NIOPosix
import Testing

@testable import Gateway

@Suite(.serialized, .timeLimit(.minutes(2))) struct ShutdownTests {
  @Test func finishesWhatIsUnderWay() async throws {
    let sign = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    defer { sign.succeed() }
    try await Rig.run([.waitFor(sign.futureResult)] + Script.good) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      let idle = try await rig.client()
      let events = try await rig.client()
      try await events.get("/stream?endless")
      _ = try await events.partialResponse { $0.body.count == 27 }
      #expect(try await rig.eventually { rig.router.told.begun == 1 })
      async let stopped: Void = rig.server.shutdown(grace: .seconds(10))
      await idle.waitForClose()
      await events.waitForClose()
      sign.succeed()
      let response = try await client.response()
      #expect(response.status == 200 && response["connection"] == "close")
      await client.waitForClose()
      await stopped
      await #expect(throws: (any Error).self) { try await rig.client() }
    }
  }

  @Test func cancelsWhatTakesTooLong() async throws {
    try await Rig.run(Script.hang) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      #expect(try await rig.eventually { rig.backends[0].seen.requests.count == 1 })
      await rig.server.shutdown(grace: .milliseconds(100))
      #expect(try await rig.eventually { rig.backends[0].seen.abandoned == 1 })
      #expect(rig.router.told.records.map(\.fault) == [.callerCancelled])
    }
  }
}
