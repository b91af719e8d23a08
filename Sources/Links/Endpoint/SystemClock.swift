import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The machine's clock, read where a pure room must not: pass ``now()`` to whatever asks for the time.
public enum SystemClock {
  /// The instant now, as the operating system keeps it.
  public static func now() -> UTC {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTC(
      nanosecondsSince1970: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
