import NIOCore
import NIOPosix
import Orbits
import Synchronization

@testable import Links

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A TCP connection as a test sees it, from either side: what came in, when, and how it ended.
final class Peer: Sendable {
  /// How the incoming side of a connection ended.
  enum End: Equatable {
    case finished
    case reset
  }

  private struct Incoming {
    var bytes = ByteBuffer()
    var firstByte: UTC?
    var end: (End, UTC)?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  let channel: any Channel
  let opened = SystemClock.now()
  private let incoming = Mutex(Incoming())

  private init(_ channel: any Channel) { self.channel = channel }

  /// Takes over a channel that has no handlers yet; for use in initialisers.
  static func adopt(_ channel: any Channel) throws -> Peer {
    let peer = Peer(channel)
    try channel.pipeline.syncOperations.addHandler(Recorder(peer: peer))
    return peer
  }

  static func connect(to port: Int, on group: any EventLoopGroup) async throws -> Peer {
    let box = Mutex<Peer?>(nil)
    _ = try await ClientBootstrap(group: group)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let peer = try Peer.adopt(channel)
          box.withLock { $0 = peer }
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    guard let peer = box.withLock({ $0 }) else { throw ChannelError.inputClosed }
    return peer
  }

  var bytes: ByteBuffer { incoming.withLock { $0.bytes } }
  var firstByte: UTC? { incoming.withLock { $0.firstByte } }
  var end: End? { incoming.withLock { $0.end?.0 } }

  func send(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }
  func send(_ text: String) { send(ByteBuffer(string: text)) }
  func finish() { channel.close(mode: .output, promise: nil) }
  func close() { channel.close(promise: nil) }

  /// Closes with a reset.
  func reset() {
    (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      .whenComplete { _ in self.close() }
  }

  /// Takes `count` bytes as soon as they are there, and the time.
  func read(_ count: Int) async -> (ByteBuffer?, UTC) {
    while true {
      let taken = incoming.withLock { state -> ByteBuffer?? in
        if let slice = state.bytes.readSlice(length: count) { return .some(slice) }
        return state.end == nil ? nil : .some(nil)
      }
      if let taken { return (taken, SystemClock.now()) }
      await somethingNew { $0.bytes.readableBytes >= count || $0.end != nil }
    }
  }

  /// Waits for the end of the incoming side.
  func ended() async -> (End, UTC) {
    while true {
      if let end = incoming.withLock({ $0.end }) { return end }
      await somethingNew { $0.end != nil }
    }
  }

  private func somethingNew(_ isThere: @Sendable (Incoming) -> Bool) async {
    await withCheckedContinuation { continuation in
      let resumeNow = incoming.withLock { state in
        if !isThere(state) { state.waiters.append(continuation) }
        return isThere(state)
      }
      if resumeNow { continuation.resume() }
    }
  }

  private func record(_ change: (inout Incoming) -> Void) {
    let waiters = incoming.withLock { state in
      change(&state)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let peer: Peer
    private var hasFinished = false

    init(peer: Peer) { self.peer = peer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var buffer = unwrapInboundIn(data)
      peer.record {
        $0.firstByte = $0.firstByte ?? SystemClock.now()
        $0.bytes.writeBuffer(&buffer)
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      switch event as? ChannelEvent {
      case .inputClosed: peer.record { $0.end = $0.end ?? (.finished, SystemClock.now()) }
      case .outputClosed: hasFinished = true
      default: break
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      peer.record { $0.end = $0.end ?? (.reset, SystemClock.now()) }
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      // NIO tells the end of the second half by closing alone.
      let end: End = hasFinished ? .finished : .reset
      peer.record { $0.end = $0.end ?? (end, SystemClock.now()) }
    }
  }
}
