import Foundation
import Orbits

extension UTC {
  /// The system clock's instant.
  static var now: UTC {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTC(nanosecondsSince1970: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
