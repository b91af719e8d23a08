import Foundation
import Glibc
import Synchronization

/// One child process: started by `posix_spawn`, reaped exactly once, stopped with a grace period.
///
/// Foundation's `Process` is not used: it needs a run loop to notice an exit, and offers neither a
/// process group of the child's own (so that Ctrl-C reaches the node alone) nor a clean signal mask.
final class ChildProcess: Sendable {
  /// How a process ended.
  enum Exit: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    var description: String {
      switch self {
      case .code(let code): "exited with code \(code)"
      case .signal(let signal): "was killed by signal \(signal)"
      }
    }
  }

  /// A system call that failed while starting a child.
  struct SpawnError: Error, CustomStringConvertible {
    let what: String
    let code: Int32
    var description: String { "\(what): \(String(cString: strerror(code)))" }
  }

  private enum Life {
    case running([CheckedContinuation<Exit, Never>])
    case reaped(Exit)
  }

  let pid: pid_t
  private let life = Mutex(Life.running([]))
  private static let spawning = Mutex(())

  /// Starts `executable` in a process group of its own, reading `input` as its standard input and
  /// writing its standard output and error to the descriptor `log`, which stays the caller's.
  init(
    executable: String, arguments: [String], environment: [String: String], input: String,
    log: Int32
  ) throws(SpawnError) {
    // One at a time: a process started between another's `pipe` and its close-on-exec flag would hold
    // that pipe's write end, and its reader never see the end.
    pid = try Self.spawning.withLock { _ throws(SpawnError) in
      let inputDescriptor = try Self.readablePipe(holding: input)
      defer { close(inputDescriptor) }
      return try Self.spawn(
        executable, arguments: [executable] + arguments,
        environment: environment.map { "\($0.key)=\($0.value)" },
        descriptors: [inputDescriptor, log, log])
    }
    Thread.detachNewThread { self.reap() }
  }

  /// Waits until the process has ended and been reaped; any number of callers may wait.
  func exit() async -> Exit {
    await withCheckedContinuation { continuation in
      let ended: Exit? = life.withLock { life in
        switch life {
        case .running(let waiting):
          life = .running(waiting + [continuation])
          return nil
        case .reaped(let exit): return exit
        }
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }

  /// Sends `signal` unless the process has been reaped, since its pid may then be somebody else's.
  func send(_ signal: Int32) {
    life.withLock { life in
      if case .running = life { _ = kill(pid, signal) }
    }
  }

  /// SIGTERM, then SIGKILL after `grace`; returns once the process is reaped.
  ///
  /// The timer is a detached task because stopping is what a cancelled task does last, and a
  /// cancelled task cannot sleep.
  func stop(grace: Duration) async -> Exit {
    send(SIGTERM)
    let killer = Task.detached {
      try await Task.sleep(for: grace)
      self.send(SIGKILL)
    }
    defer { killer.cancel() }
    return await exit()
  }

  private func reap() {
    // Wait without reaping first, so that `send` never sees a pid that the kernel may reuse.
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    let (exit, waiting) = life.withLock { life in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
      let signal = status & 0x7f
      let exit: Exit = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
      guard case .running(let waiting) = life else {
        return (exit, [CheckedContinuation<Exit, Never>]())
      }
      life = .reaped(exit)
      return (exit, waiting)
    }
    for continuation in waiting { continuation.resume(returning: exit) }
  }

  /// A pipe's read end that yields `text`, then end of file. The text must fit the pipe's buffer.
  private static func readablePipe(holding text: String) throws(SpawnError) -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SpawnError(what: "pipe", code: errno) }
    defer { close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let bytes = Array(text.utf8)
    precondition(bytes.count <= 32768, "the text must fit into a pipe that nobody reads yet")
    guard bytes.isEmpty || write(ends[1], bytes, bytes.count) == bytes.count else {
      let code = errno
      close(ends[0])
      throw SpawnError(what: "write", code: code)
    }
    return ends[0]
  }

  private static func spawn(
    _ executable: String, arguments: [String], environment: [String], descriptors: [Int32]
  ) throws(SpawnError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var pid: pid_t = 0
    let code = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw SpawnError(what: "cannot start \(executable)", code: code) }
    return pid
  }

  private static func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
