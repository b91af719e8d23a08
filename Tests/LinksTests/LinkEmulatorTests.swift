import NIOCore
import Network
import Orbits
import Testing

@testable import Links

@Suite(.timeLimit(.minutes(2))) struct LinkEmulatorTests {
  @Test func bytesArriveIntactBothWays() async throws {
    let backend = try await Backend.echo(on: loops)
    let uplink = SharedUplink()
    let sent = randomBytes(5_000_000)
    let link = route(
      oneWayMs: 3, processingMs: 1, jitterMs: 0.5, loss: 0.001, upMbps: 400, downMbps: 400)
    try await withLink(to: backend.port, link, uplink: uplink) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      client.send(sent)
      let (received, _) = await client.read(sent.readableBytes)
      #expect(received == sent)
      client.finish()
      #expect(await client.ended().0 == .finished)
      try await eventually { uplink.counters.snapshot.openConnections == 0 }
    }
    #expect(
      uplink.counters.snapshot
        == .init(bytesUp: 5_000_000, bytesDown: 5_000_000, connections: 1, openConnections: 0))
    await backend.stop()
  }

  @Test func noRoundTripBeatsLight() async throws {
    let backend = try await Backend.echo(on: loops)
    try await withLink(to: backend.port, route(oneWayMs: 15)) { port, _ in
      let before = SystemClock.now()
      let client = try await Peer.connect(to: port, on: loops)
      client.send("first")
      // Set-up takes a round trip, and the exchange another.
      #expect(await client.read(5).1 - before >= .milliseconds(60))
      for _ in 0..<10 {
        let sent = SystemClock.now()
        client.send("again")
        #expect(await client.read(5).1 - sent >= .milliseconds(30))
      }
      client.close()
    }
    await backend.stop()
  }

  @Test func theLinkFollowsAMovingSky() async throws {
    let backend = try await Backend.echo(on: loops)
    let sky = MutableSky(route(oneWayMs: 2))
    try await withLink(to: backend.port, sky: sky.asking) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      for oneWayMs in [2.0, 60, 5, 90] {
        sky.set(route(oneWayMs: oneWayMs))
        let sent = SystemClock.now()
        client.send("ping")
        #expect(await client.read(4).1 - sent >= .microseconds(Int64(2_000 * oneWayMs)))
      }
      client.close()
    }
    await backend.stop()
  }

  @Test func anOutageHoldsAndLosesNothing() async throws {
    let backend = try await Backend.echo(on: loops)
    let start = SystemClock.now()
    let link = route(oneWayMs: 10, upMbps: 100, downMbps: 100)
    let forecast = Forecast.of([(0.4, link), (0.5, nil), (1_000, link)], from: start)
    let back = start.adding(seconds: 0.9)
    try await withLink(to: backend.port, sky: { forecast.interval(at: $0) }) { port, _ in
      // A transfer of about 0.8 s: in the middle of it the link goes.
      let early = try await Peer.connect(to: port, on: loops)
      let sent = randomBytes(5_000_000)
      early.send(sent)
      try await Task.sleep(for: .milliseconds(600))
      let late = try await Peer.connect(to: port, on: loops)
      late.send("held")
      // Whether this machine was quick enough or not: nothing comes before the route is back.
      #expect(await late.read(4).1 >= back.later(byMs: 20))
      let (received, time) = await early.read(sent.readableBytes)
      #expect(received == sent)
      #expect(time >= back)
      early.close()
      late.close()
    }
    await backend.stop()
  }

  @Test func aHundredConnectionsAtOnce() async throws {
    let backend = try await Backend.echo(on: loops)
    let link = route(oneWayMs: 5, jitterMs: 1, loss: 0.01, upMbps: 200, downMbps: 200)
    try await withLink(to: backend.port, link) { port, _ in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for seed in 0..<100 as Range<UInt64> {
          group.addTask {
            let client = try await Peer.connect(to: port, on: loops)
            let sent = randomBytes(20_000, seed: seed)
            client.send(sent)
            defer { client.close() }
            return await client.read(sent.readableBytes).0 == sent
          }
        }
        for try await isIntact in group { #expect(isIntact) }
      }
    }
    #expect(backend.connections == 100)
    await backend.stop()
  }

  @Test func aReaderThatWaitsStopsTheSenderAndLosesNothing() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    let backend = try await Backend.serving(on: loops, autoRead: false) { peer in
      for await _ in gate.stream { break }
      try? await peer.channel.setOption(.autoRead, value: true).get()
    }
    let uplink = SharedUplink()
    let total = 64 * 1_048_576
    try await withLink(to: backend.port, route(oneWayMs: 1), uplink: uplink) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      let piece = randomBytes(1_048_576)
      for _ in 0..<64 { client.send(piece) }
      var last = -1
      while uplink.counters.snapshot.bytesUp != last || last <= 0 {
        last = uplink.counters.snapshot.bytesUp
        try await Task.sleep(for: .milliseconds(300))
      }
      // What went in fills the sockets' buffers and the window, and no more.
      #expect(last < total / 2)
      gate.continuation.yield()
      client.finish()
      try await eventually { uplink.counters.snapshot.bytesUp == total }
      client.close()
    }
    await backend.stop()
  }
}
