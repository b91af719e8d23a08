import Decisions
import NIOCore
import Testing

@testable import Gateway

/// What the node asks for itself counts like everybody else's bodies.
@Suite(.serialized, .timeLimit(.minutes(1))) struct AskMemoryTests {
  private func ask(_ rig: Rig) async -> InternalAnswer {
    await rig.server.ask(
      InternalRequest(
        endpoint: "/v1/chat/completions", body: ByteBuffer(string: Rig.body()),
        patience: .seconds(10)))
  }

  @Test func anAnswerCountsUntilItIsLetGoOf() async throws {
    let room = ByteFeed.highWaterBytes + 2000
    try await Rig.run(Script.good, configure: { $0.limits.maxBufferedBytes = room }) { rig in
      var answer: InternalAnswer? = await ask(rig)
      #expect(answer?.status == 200)
      let body = try await answer?.body.collect(upTo: 1 << 20)
      #expect(body.map { String(buffer: $0) } == Script.completion)
      // The first one's room is still taken, read or not.
      let second = await ask(rig)
      #expect(second.status == 503 && second.fault == .ownOverloaded)
      #expect(second.retryAfter == .seconds(1))
      #expect(rig.backends[0].seen.requests.count == 1)
      answer = nil
      #expect(await ask(rig).status == 200)
    }
  }

  @Test func memoryGrowsUpToItsBoundAndIsGivenBack() throws {
    var limits = GatewayConfiguration.Limits()
    limits.maxBufferedBytes = 100
    let admission = Admission(limits: limits)
    var first: HeldMemory? = HeldMemory(admission)
    try first?.grow(by: 60)
    let second = HeldMemory(admission)
    #expect(throws: MemoryFull()) { try second.grow(by: 41) }
    try second.grow(by: 40)
    first = nil
    try second.grow(by: 60)
    #expect(throws: MemoryFull()) { try second.grow(by: 1) }
    second.take(50)
    #expect(!admission.admitBytes(1))
  }
}
