import NIOCore
import Network
import Orbits
import Synchronization
import Testing

@testable import Links

@Suite(.timeLimit(.minutes(2))) struct LinkEndsTests {
  private let link = route(oneWayMs: 20, upMbps: 200, downMbps: 200)

  @Test func anAnswerFollowsAHalfClose() async throws {
    let answer = randomBytes(3_000_000)
    let backend = try await Backend.serving(on: loops) { peer in
      _ = await peer.ended()
      peer.send(answer)
      // NIO turns this into a full close, at once: after the bytes are written.
      try? await peer.channel.writeAndFlush(ByteBuffer()).get()
      peer.close()
    }
    try await withLink(to: backend.port, link) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      client.send("question")
      client.finish()
      #expect(await client.read(answer.readableBytes).0 == answer)
      #expect(await client.ended().0 == .finished)
    }
    await backend.stop()
  }

  @Test func aSlowReaderGetsEverythingBeforeTheEnd() async throws {
    // The backend ends while most of its answer is still on the way to a client that reads nothing yet.
    let answer = randomBytes(12_000_000)
    let backend = try await Backend.serving(on: loops) { peer in
      peer.send(answer)
      try? await peer.channel.writeAndFlush(ByteBuffer()).get()
      peer.finish()
    }
    try await withLink(to: backend.port, route(oneWayMs: 1)) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      // Reading stops first: with both ends finished the channel closes once all has been read.
      try await client.channel.setOption(.autoRead, value: false).get()
      client.finish()
      try await Task.sleep(for: .milliseconds(300))
      try await client.channel.setOption(.autoRead, value: true).get()
      #expect(await client.read(answer.readableBytes).0 == answer)
      #expect(await client.ended().0 == .finished)
    }
    await backend.stop()
  }

  @Test func aRefusedBackendResetsTheClientAfterTheWayBack() async throws {
    let port = try await freePort(on: loops)
    try await withLink(to: port, link) { port, _ in
      let before = SystemClock.now()
      let client = try await Peer.connect(to: port, on: loops)
      client.send("hello")
      let (end, time) = await client.ended()
      #expect(end == .reset)
      #expect(time - before >= .milliseconds(40))
    }
  }

  @Test func aBackendThatDiesShowsOneWayLater() async throws {
    let died = Mutex<UTC?>(nil)
    let backend = try await Backend.serving(on: loops) { peer in
      _ = await peer.read(4)
      try? await peer.channel.writeAndFlush(ByteBuffer(string: "half an ans")).get()
      died.withLock { $0 = SystemClock.now() }
      peer.reset()
    }
    try await withLink(to: backend.port, link) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      client.send("ping")
      #expect(await client.read(11).0 == ByteBuffer(string: "half an ans"))
      let (end, time) = await client.ended()
      #expect(end == .reset)
      let death = try #require(died.withLock { $0 })
      #expect(time - death >= .milliseconds(20))
    }
    await backend.stop()
  }

  @Test func bytesThatArriveTogetherWithAResetComeFirst() async throws {
    let sky = MutableSky(link)
    let backend = try await Backend.serving(on: loops) { [link] peer in
      _ = await peer.read(4)
      // An outage holds both until one retransmission takes them along.
      sky.set(nil)
      try? await peer.channel.writeAndFlush(ByteBuffer(string: "half an ans")).get()
      peer.reset()
      try? await Task.sleep(for: .milliseconds(50))
      sky.set(link)
    }
    try await withLink(to: backend.port, sky: sky.asking) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      client.send("ping")
      #expect(await client.read(11).0 == ByteBuffer(string: "half an ans"))
      #expect(await client.ended().0 == .reset)
    }
    await backend.stop()
  }

  @Test(arguments: [false, true])
  func aClientThatLeavesIsSeenOneWayLater(byReset: Bool) async throws {
    let end = AsyncStream.makeStream(of: UTC.self)
    let backend = try await Backend.serving(on: loops) { peer in
      // A stream that would go on for ever.
      while peer.end == nil {
        try? await peer.channel.writeAndFlush(ByteBuffer(string: "token ")).get()
        try? await Task.sleep(for: .milliseconds(2))
      }
      end.continuation.yield(await peer.ended().1)
      peer.close()
    }
    try await withLink(to: backend.port, link) { port, _ in
      let client = try await Peer.connect(to: port, on: loops)
      _ = await client.read(60)
      let left = SystemClock.now()
      if byReset { client.reset() } else { client.close() }
      var seen: UTC?
      for await time in end.stream {
        seen = time
        break
      }
      #expect(try #require(seen) - left >= .milliseconds(20))
    }
    await backend.stop()
  }

  @Test func aClientThatLeavesWhileTheBackendIsBeingDialledLeavesNothingBehind() async throws {
    let backend = try await Backend.echo(on: loops)
    let uplink = SharedUplink()
    try await withLink(to: backend.port, link, uplink: uplink) { port, _ in
      for index in 0..<50 {
        let client = try await Peer.connect(to: port, on: loops)
        client.send("gone before it is there")
        try await Task.sleep(for: .milliseconds(index))
        client.reset()
      }
      try await eventually {
        uplink.counters.snapshot.openConnections == 0 && uplink.counters.snapshot.connections == 50
      }
    }
    await backend.stop()
  }

  @Test func stoppingEndsConnectionsAndRefusesNewOnes() async throws {
    let backend = try await Backend.echo(on: loops)
    let uplink = SharedUplink()
    try await withLink(to: backend.port, link, uplink: uplink) { port, emulator in
      let client = try await Peer.connect(to: port, on: loops)
      client.send("ping")
      _ = await client.read(4)
      await emulator.stop()
      #expect(await client.ended().0 == .reset)
      try await eventually { uplink.counters.snapshot.openConnections == 0 }
      await #expect(throws: (any Error).self) { try await Peer.connect(to: port, on: loops) }
    }
    await backend.stop()
  }
}
