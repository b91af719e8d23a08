import NIOCore
import Network
import Orbits

/// What stands at the two ends of an ``EmulatedPipe``.
protocol EmulatedPipeEnds: AnyObject {
  /// `item` is out of the link, in order.
  func arrived(_ item: EmulatedPipe.Item, _ direction: LinkDirection)
  /// A batch of arrivals is over.
  func flush(_ direction: LinkDirection)
  /// The pipe is full, or has room again.
  func setReading(_ isReading: Bool, _ direction: LinkDirection)
}

/// One direction of an emulated connection: holds what is under way, and hands it over when the
/// ``LinkShaper`` says that it has arrived. Confined to the connection's event loop.
final class EmulatedPipe {
  /// What is under way. Everything keeps its order, connection set-up and end included.
  enum Item {
    case synchronise
    case accept
    case data(ByteBuffer)
    case finish
    case reset

    var segment: LinkShaper.Segment {
      switch self {
      case .synchronise, .accept: .handshake
      case .data(let buffer): .data(bytes: buffer.readableBytes)
      case .finish, .reset: .end
      }
    }
  }

  private let direction: LinkDirection
  private let conditions: LinkConditions
  private let loop: NIOIsolatedEventLoop
  /// Where things come out; let go of by ``close()``, which ends the cycle of references.
  var ends: (any EmulatedPipeEnds)?

  private var shaper: LinkShaper
  private var items = CircularBuffer<Item>()
  private var heldBytes = 0
  private var isReading = true
  private var isRunning = false
  private var isClosed = false
  private var timer: (at: UTC, scheduled: Scheduled<Void>)?

  init(
    _ direction: LinkDirection, conditions: LinkConditions, seed: UInt64,
    loop: NIOIsolatedEventLoop
  ) {
    self.direction = direction
    self.conditions = conditions
    self.loop = loop
    self.shaper = LinkShaper(direction: direction, seed: seed)
  }

  /// Puts `item` on the link.
  func send(_ item: Item) {
    guard !isClosed else { return }
    let now = conditions.now()
    let interval = conditions.interval(now)
    if case .data(var buffer) = item {
      let piece = interval?.pieceBytes(direction) ?? LossRecovery.segmentBytes
      heldBytes += buffer.readableBytes
      while let slice = buffer.readSlice(length: min(piece, buffer.readableBytes)),
        slice.readableBytes > 0
      {
        offer(.data(slice), at: now, over: interval)
      }
    } else {
      offer(item, at: now, over: interval)
    }
    updateReading(at: now, over: interval)
    run()
  }

  /// `bytes` that had arrived have left for good: there is room again.
  func release(bytes: Int) {
    heldBytes -= bytes
    guard !isClosed, !isReading else { return }
    let now = conditions.now()
    updateReading(at: now, over: conditions.interval(now))
  }

  /// Drops everything under way.
  func close() {
    isClosed = true
    timer?.scheduled.cancel()
    timer = nil
    items.removeAll()
    ends = nil
  }

  private func offer(_ item: Item, at now: UTC, over interval: RealisedInterval?) {
    items.append(item)
    conditions.uplink.withLine { line in
      shaper.offer(item.segment, at: now, over: interval, on: &line)
    }
  }

  /// Hands over what has arrived and sets the timer for what comes next.
  private func run() {
    // What a delivery causes may come back here; the outer call goes on with it.
    guard !isRunning else { return }
    isRunning = true
    defer { isRunning = false }
    while !isClosed, let next = shaper.nextEvent {
      let now = conditions.now()
      guard next <= now else { break }
      let interval = conditions.interval(now)
      let arrived = conditions.uplink.withLine { line in
        shaper.advance(to: now, over: interval, on: &line)
      }
      for _ in 0..<arrived {
        guard let item = items.popFirst() else { break }
        conditions.uplink.counters.count(item.segment.bytes, direction)
        ends?.arrived(item, direction)
      }
    }
    ends?.flush(direction)
    setTimer()
  }

  private func setTimer() {
    guard !isClosed, let next = shaper.nextEvent else { return }
    if let timer, timer.at <= next { return }
    timer?.scheduled.cancel()
    let wait = next.nanosecondsSince1970 - conditions.now().nanosecondsSince1970
    let scheduled = loop.scheduleTask(in: .nanoseconds(max(0, wait))) {
      self.timer = nil
      self.run()
    }
    timer = (next, scheduled)
  }

  private func updateReading(at now: UTC, over interval: RealisedInterval?) {
    let window = interval?.windowBytes(direction, at: now) ?? 65_536
    if isReading, heldBytes >= window {
      isReading = false
      ends?.setReading(false, direction)
    } else if !isReading, heldBytes <= window / 2 {
      isReading = true
      ends?.setReading(true, direction)
    }
  }
}
