import NIOCore
import Testing

@testable import Gateway

/// Connections opened before a request needs them.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SpareTests {
  private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func opens(_ rule: inout SpareRule, after seconds: Int64 = 0, idle: Int = 0) -> Bool {
    rule.opens(at: Self.start + .seconds(seconds), idle: idle)
  }

  @Test func onlyWhereTheBackendCloses() {
    var rule = SpareRule()
    rule.used(at: Self.start)
    #expect(!opens(&rule, idle: 0))
    rule.answered(isKept: false)
    #expect(!opens(&rule, idle: 1))
    #expect(opens(&rule, idle: 0))
    rule.answered(isKept: true)
    #expect(!opens(&rule, idle: 0))
  }

  @Test func onlyForPathsInUse() {
    var rule = SpareRule()
    rule.used(at: Self.start)
    rule.answered(isKept: false)
    #expect(opens(&rule, after: 59))
    #expect(!opens(&rule, after: 60))
    rule.used(at: Self.start + .seconds(70))
    #expect(opens(&rule, after: 71))
  }

  /// A backend that closes whatever is idle costs a bounded number of connections.
  @Test func onlySoManyThatNobodyTakes() {
    var rule = SpareRule()
    for turn in 0..<3 {
      let now = Self.start + .seconds(Int64(turn))
      rule.used(at: now)
      rule.answered(isKept: false)
      var opened = 0
      for _ in 0..<20 where rule.opens(at: now, idle: 0) { opened += 1 }
      #expect(opened == SpareRule.maximumUnused)
    }
  }

  @Test(arguments: [true, false]) func takesTheConnectionOffTheNextRequest(
    _ saysSo: Bool
  ) async throws {
    let head = saysSo ? "connection: close\r\n" : ""
    let answer = MockBackend.Step.write(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\(head)content-length: 2\r\n\r\n{}")
    try await Rig.run([answer, .close]) { rig in
      #expect(try await rig.chat().status == 200)
      #expect(try await rig.eventually { rig.backends[0].seen.connections == 2 })
      // The spare stands once this side has heard of it, too.
      try await Task.sleep(for: .milliseconds(50))
      #expect(try await rig.chat().status == 200)
      #expect(rig.router.told.records.map(\.attempts.count) == [1, 1])
      #expect(rig.router.told.records.map { $0.attempts[0].reusedConnection } == [false, true])
      #expect(try await rig.eventually { rig.backends[0].seen.connections == 3 })
    }
  }

  @Test func aBackendThatKeepsConnectionsGetsNone() async throws {
    try await Rig.run(Script.good) { rig in
      for _ in 0..<3 { #expect(try await rig.chat().status == 200) }
      try await Task.sleep(for: .milliseconds(50))
      #expect(rig.backends[0].seen.connections == 1)
    }
  }
}
