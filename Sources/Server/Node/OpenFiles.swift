#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many files and sockets this process may have open.
enum OpenFiles {
  /// Raises the limit as far as this user may: each request under way takes two sockets, and the usual
  /// limit of 1024 is there for programs that call `select`.
  static func raiseLimit() {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = min(limit.rlim_max, 1 << 20)
    // Where that is refused, the limit stays what it was.
    _ = setrlimit(resource, &limit)
  }
}
