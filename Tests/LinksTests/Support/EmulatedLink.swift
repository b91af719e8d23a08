import Logging
import NIOCore
import NIOPosix
import Network
import Orbits

@testable import Links

/// Event loops shared by all tests.
let loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

/// Runs `body` with an emulator in front of `target`, and stops it.
func withLink(
  to target: Int, uplink: SharedUplink = SharedUplink(),
  sky: @escaping @Sendable (UTC) -> Forecast.Interval?,
  _ body: (Int, LinkEmulator) async throws -> Void
) async throws {
  let emulator = LinkEmulator(
    group: loops, targetHost: "127.0.0.1", targetPort: target, interval: sky, uplink: uplink,
    seed: 1, logger: Logger(label: "test"))
  let port = try await emulator.start()
  do {
    try await body(port, emulator)
  } catch {
    await emulator.stop()
    throw error
  }
  await emulator.stop()
}

/// Runs `body` with an emulator over a route that stays.
func withLink(
  to target: Int, _ route: Route, uplink: SharedUplink = SharedUplink(),
  _ body: (Int, LinkEmulator) async throws -> Void
) async throws {
  let interval = always(route)
  try await withLink(to: target, uplink: uplink, sky: { _ in interval }, body)
}

/// Seeded bytes that do not repeat.
func randomBytes(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
  var random = SplitMix64(seed: seed)
  var buffer = ByteBuffer()
  buffer.reserveCapacity(count + 8)
  while buffer.readableBytes < count { buffer.writeInteger(random.next()) }
  buffer.moveWriterIndex(to: count)
  return buffer
}

/// Waits until `condition` holds; the test's time limit is the bound.
func eventually(_ condition: @Sendable () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
