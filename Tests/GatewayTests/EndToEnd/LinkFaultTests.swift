import Decisions
import Foundation
import Links
import NIOCore
import NIOPosix
import Orbits
import Testing

@testable import Gateway

/// What is behind a connection that fails, where more is known of its link.
@Suite(.serialized, .timeLimit(.minutes(1))) struct LinkFaultTests {
  @Test(arguments: [true, false])
  func aConnectionThatBreaksAtAChangeOfRouteBrokeByIt(_ isNear: Bool) async throws {
    let breaks: [MockBackend.Step] = [.wait(milliseconds: 100), .reset]
    try await Rig.run(breaks, Script.good) { rig in
      let now = UTC(nanosecondsSince1970: Int64(Date().timeIntervalSince1970 * 1e9))
      let change = now.adding(seconds: isNear ? 0.02 : -10)
      rig.router.change { $0.nextChange = change }
      #expect(try await rig.chat().status == 200)
      let faults = try await rig.record()?.attempts.map(\.fault)
      #expect(faults == [isNear ? .linkHandover : .linkReset, nil])
      let outcome = rig.router.told.outcomes.first?.outcome.ending
      #expect(outcome == .failed(isNear ? .linkHandover : .linkReset))
    }
  }

  /// A request that is too long for a link that takes nothing has not been sent.
  @Test func whatCouldNotBeSentInTimeIsTheLinksFault() async throws {
    let deaf = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.so_rcvbuf), value: 4_096)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = deaf.localAddress?.port ?? 0
    try await Rig.run(
      Script.good, configure: { $0.timeouts.firstByte = .milliseconds(300) },
      router: { backends in
        TestRouter([
          ("deaf", Endpoint(host: "127.0.0.1", port: port, basePath: "/v1")),
          ("b0", backends[0].endpoint),
        ])
      }
    ) { rig in
      let long = String(repeating: "x", count: 12 << 20)
      let response = try await rig.chat(extra: ",\"note\":\"\(long)\"")
      #expect(response.status == 200)
      #expect(try await rig.record()?.attempts.map(\.fault) == [.linkTimeout, nil])
    }
    try await deaf.close()
  }

  @Test(arguments: [
    (Fault.linkReset, Duration.seconds(2), Fault.linkHandover),
    (.linkReset, .seconds(3), .linkReset),
    (.linkReset, .seconds(-1), .linkReset), (.linkConnectTimeout, .zero, .linkHandover),
    (.providerError, .zero, .providerError), (.providerStalled, .zero, .providerStalled),
  ])
  func onlyConnectionsBreakByAChange(_ fault: Fault, _ since: Duration, _ expected: Fault) {
    #expect(fault.explained(isLinkDown: false, sinceChange: since) == expected)
  }

  @Test func whatIsKnownOfTheLinkGoesBeforeAll() {
    for fault in [Fault.linkReset, .providerTimeout, .providerStalled, .providerTruncated] {
      #expect(fault.explained(isLinkDown: true, isSent: false, sinceChange: .zero) == .linkOutage)
    }
    #expect(Fault.providerTimeout.explained(isLinkDown: false, isSent: false) == .linkTimeout)
    #expect(Fault.providerTimeout.explained(isLinkDown: false, isSent: true) == .providerTimeout)
    #expect(Fault.callerDeadline.explained(isLinkDown: true) == .callerDeadline)
  }
}
