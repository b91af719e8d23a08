import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One TCP connection over an emulated link: the client's socket, the backend's, a pipe each way.
///
/// Connection set-up travels as it does in TCP. The SYN goes up the link; when it is there the backend
/// is dialled; the answer comes down; only then is anything that the client sent put on the link: its
/// first byte is there one and a half round trips after the client connected. Ends and resets travel
/// likewise. Confined to the event loop that both sockets share.
final class EmulatedConnection {
  private let near: Side
  private let far = Side()
  private let up: EmulatedPipe
  private let down: EmulatedPipe
  private let dial: () -> EventLoopFuture<any Channel>
  private let whenGone: () -> Void
  /// What the client sent before the connection stood.
  private var early: [EmulatedPipe.Item] = []
  private var isEstablished = false
  private var isOver = false

  /// One of the two sockets.
  private final class Side {
    var channel: (any Channel)?
    /// Its peer has sent the last byte.
    var hasFinished = false
    /// It has been told to send its last byte.
    var isFinishing = false
    var isGone = false
    var mayRead = true

    init(_ channel: (any Channel)? = nil) { self.channel = channel }

    /// What the other side is to learn when this one is gone. An orderly end of the second half comes
    /// as the socket's end alone.
    func lastItem(failed: Bool) -> EmulatedPipe.Item? {
      if failed || !isFinishing { return .reset }
      return hasFinished ? nil : .finish
    }
  }

  /// - Parameters:
  ///   - near: The client's socket, not reading yet.
  ///   - dial: Opens the backend's socket on the same event loop, not reading yet.
  ///   - whenGone: Called once, when both sockets are gone.
  init(
    near: any Channel, conditions: LinkConditions, seed: UInt64,
    dial: @escaping () -> EventLoopFuture<any Channel>,
    whenGone: @escaping () -> Void
  ) {
    let loop = near.eventLoop.assumeIsolated()
    self.near = Side(near)
    self.dial = dial
    self.whenGone = whenGone
    up = EmulatedPipe(.up, conditions: conditions, seed: seed, loop: loop)
    down = EmulatedPipe(.down, conditions: conditions, seed: ~seed, loop: loop)
    up.ends = self
    down.ends = self
  }

  /// What the client's socket tells.
  func near(_ event: ChannelEnd.Event) {
    switch event {
    case .active: up.send(.synchronise)
    case .data(let buffer): sendUp(.data(buffer))
    case .finished:
      near.hasFinished = true
      sendUp(.finish)
    case .gone(let failed):
      near.isGone = true
      if far.isGone { return finish() }
      if let last = near.lastItem(failed: failed) { up.send(last) }
    }
  }

  /// What the backend's socket tells.
  func far(_ event: ChannelEnd.Event) {
    switch event {
    case .active: break
    case .data(let buffer): down.send(.data(buffer))
    case .finished:
      far.hasFinished = true
      down.send(.finish)
    case .gone(let failed):
      far.isGone = true
      if near.isGone { return finish() }
      if let last = far.lastItem(failed: failed) { down.send(last) }
    }
  }

  /// Ends both sockets at once, whatever is under way.
  func abort() {
    finish()
    if let channel = near.channel { Self.reset(channel) }
    if let channel = far.channel { Self.reset(channel) }
  }

  private func sendUp(_ item: EmulatedPipe.Item) {
    if isEstablished { up.send(item) } else { early.append(item) }
  }

  private func dialFar() {
    guard !near.isGone else { return farRefused() }
    dial().assumeIsolated().whenComplete { result in
      switch result {
      case .success(let channel):
        if self.isOver { return Self.reset(channel) }
        self.farAnswered(channel)
      case .failure: self.farRefused()
      }
    }
  }

  private func farAnswered(_ channel: any Channel) {
    // Not in the channel's initialiser: of several addresses tried at once, the losers close too.
    let end = ChannelEnd { self.far($0) }
    guard channel.isActive, !near.isGone,
      (try? channel.pipeline.syncOperations.addHandler(end)) != nil
    else {
      Self.reset(channel)
      return farRefused()
    }
    far.channel = channel
    down.send(.accept)
    applyReading(far)
  }

  private func farRefused() {
    far.isGone = true
    if near.isGone { finish() } else { down.send(.reset) }
  }

  private func establish() {
    isEstablished = true
    applyReading(near)
    for item in early { up.send(item) }
    early = []
  }

  private func finish() {
    guard !isOver else { return }
    isOver = true
    up.close()
    down.close()
    whenGone()
  }
}

extension EmulatedConnection: EmulatedPipeEnds {
  func arrived(_ item: EmulatedPipe.Item, _ direction: LinkDirection) {
    let side = direction == .up ? far : near
    switch item {
    case .synchronise: dialFar()
    case .accept: establish()
    case .data(let buffer): write(buffer, to: side, direction)
    case .finish: finishWriting(side)
    case .reset: if let channel = side.channel { Self.reset(channel) }
    }
  }

  func flush(_ direction: LinkDirection) { (direction == .up ? far : near).channel?.flush() }

  func setReading(_ isReading: Bool, _ direction: LinkDirection) {
    let source = direction == .up ? near : far
    source.mayRead = isReading
    applyReading(source)
  }

  private func applyReading(_ side: Side) {
    guard isEstablished || side === far else { return }
    // Fails on a closed socket, which has nothing left to read.
    try? side.channel?.syncOptions?.setOption(.autoRead, value: side.mayRead)
  }

  private func write(_ buffer: ByteBuffer, to side: Side, _ direction: LinkDirection) {
    let pipe = direction == .up ? up : down
    let bytes = buffer.readableBytes
    guard let channel = side.channel, !side.isGone else { return pipe.release(bytes: bytes) }
    channel.write(buffer).assumeIsolated().whenComplete { _ in pipe.release(bytes: bytes) }
  }

  /// Closes for writing once everything before is written: NIO turns the second half-close into a full
  /// one, which would drop it.
  private func finishWriting(_ side: Side) {
    guard let channel = side.channel, !side.isGone else { return }
    channel.writeAndFlush(ByteBuffer()).assumeIsolated().whenComplete { _ in
      side.isFinishing = true
      channel.close(mode: .output, promise: nil)
    }
  }

  /// Closes so that the peer sees a reset, not an orderly end, after what was written before.
  private static func reset(_ channel: any Channel) {
    channel.flush()
    let now = linger(l_onoff: 1, l_linger: 0)
    (channel as? any SocketOptionProvider)?.setSoLinger(now).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}
