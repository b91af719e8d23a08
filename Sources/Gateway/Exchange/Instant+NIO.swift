import Decisions
import NIOCore

extension Instant {
  /// The instant on the event loops' monotonic clock.
  package init(_ deadline: NIODeadline) {
    self.init(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
  }

  /// This moment on the event loops' clock.
  package static func now() -> Instant { Instant(NIODeadline.now()) }
}

extension NIODeadline {
  /// The point in time of an instant on the event loops' clock.
  init(_ instant: Instant) {
    self = .uptimeNanoseconds(UInt64(max(0, instant.nanoseconds)))
  }
}
