import Decisions
import Fleet
import NIOPosix
import Orbits
import Synchronization
import Testing

@testable import Links

@Suite(.timeLimit(.minutes(2))) struct LinkProberTests {
  private struct Look: Sendable, Equatable {
    var path: PathID
    var isHeard: Bool
  }

  private static func target(_ name: String, port: Int) -> LinkProber.Target {
    LinkProber.Target(
      path: PathID(backend: name, uplink: "leo"), endpoint: Endpoint(host: "127.0.0.1", port: port),
      probe: .http(path: "/"))
  }

  /// The first looks of a prober.
  private func looks(
    _ count: Int, at targets: [LinkProber.Target],
    hasRoute: @escaping @Sendable (PathID) -> Bool = { _ in true }
  ) async throws -> [Look] {
    let (stream, found) = AsyncStream.makeStream(of: Look.self)
    let prober = LinkProber(
      targets: targets,
      probe: Probe(dialer: try Dialer(), group: MultiThreadedEventLoopGroup.singleton),
      limit: .seconds(30), isToBeProbed: { true }, hasRoute: hasRoute,
      report: { path, isHeard, started, ended in
        #expect(started <= ended)
        found.yield(Look(path: path, isHeard: isHeard))
      })
    let task = Task { await prober.run() }
    defer { task.cancel() }
    var looks: [Look] = []
    for await look in stream {
      looks.append(look)
      if looks.count == count { break }
    }
    return looks
  }

  @Test func machinesAreAskedInTurnAndARefusalIsASignToo() async throws {
    let server = FickleServer(.ok)
    let open = try await server.start()
    let closed = try await freePort(on: MultiThreadedEventLoopGroup.singleton)
    let looks = try await looks(
      4, at: [Self.target("open", port: open), Self.target("closed", port: closed)])
    await server.stop()
    #expect(looks.map(\.isHeard) == [true, true, true, true])
    #expect(Set(looks.map(\.path.backend)) == ["open", "closed"])
  }

  @Test func whatHasNoRouteIsNotAsked() async throws {
    let server = FickleServer(.ok)
    let port = try await server.start()
    let looks = try await looks(
      2, at: [Self.target("hidden", port: port), Self.target("seen", port: port)],
      hasRoute: { $0.backend == "seen" })
    await server.stop()
    #expect(looks.map(\.path.backend) == ["seen", "seen"])
  }

  @Test func overAnEmulatorTheBackendItselfIsAsked() {
    let direct = Endpoint(host: "127.0.0.1", port: 1)
    let path = PathID(backend: "b", uplink: "leo")
    let over = LinkProber.Target(
      path: path, endpoint: direct.through(host: "127.0.0.1", port: 2), probe: .http(path: "/x"))
    #expect(over.probe == .http(path: "/x"))
    #expect(LinkProber.Target(path: path, endpoint: direct, probe: .http(path: "/x")).probe == .tcp)
  }
}
