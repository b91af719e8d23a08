import NIOCore

/// A timer that is moved far more often than it fires.
///
/// Moving it later costs nothing: it wakes at the old time, sees that it is early and arms itself again.
/// A request that is answered within milliseconds thus never touches the event loop's task queue.
final class LazyTimer {
  private let eventLoop: any EventLoop
  private let fire: () -> Void
  private var due: NIODeadline?
  private var armed: (time: NIODeadline, task: Scheduled<Void>)?

  init(eventLoop: any EventLoop, fire: @escaping () -> Void) {
    self.eventLoop = eventLoop
    self.fire = fire
  }

  /// Fires at `deadline` instead of when it was to; never, if `nil`.
  func set(_ deadline: NIODeadline?) {
    due = deadline
    guard let deadline, deadline < (armed?.time ?? .distantFuture) else { return }
    armed?.task.cancel()
    arm(deadline)
  }

  private func arm(_ deadline: NIODeadline) {
    let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      self.wake()
    }
    armed = (deadline, task)
  }

  private func wake() {
    armed = nil
    guard let due else { return }
    if due > .now() { return arm(due) }
    self.due = nil
    fire()
  }
}
