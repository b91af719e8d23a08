import Foundation
import Glibc
import Testing

@testable import Models

@Suite("Child processes")
struct ChildProcessTests {
  private func start(_ script: String, log: String, input: String = "") throws -> ChildProcess {
    let descriptor = try ChildLog(path: log, limitBytes: 1000).open()
    defer { close(descriptor) }
    return try ChildProcess(
      executable: "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin", "GIVEN": "yes"], input: input, log: descriptor)
  }

  @Test("exit codes and signals reach every waiter, and nothing stays behind")
  func exits() async throws {
    let folder = try ScratchFolder()
    let child = try start("exit 7", log: "\(folder.path)/log")
    async let first = child.exit()
    async let second = child.exit()
    #expect(await [first, second] == [.code(7), .code(7)])
    #expect(await child.exit() == .code(7))
    #expect(kill(child.pid, 0) == -1, "the child must have been reaped")

    let killed = try start("kill -9 $$", log: "\(folder.path)/log")
    #expect(await killed.exit() == .signal(SIGKILL))
  }

  @Test("reads its input, writes its log, sees the given environment and its own process group")
  func plumbing() async throws {
    let folder = try ScratchFolder()
    let log = ChildLog(path: "\(folder.path)/log", limitBytes: 1000)
    let child = try start(
      "cat; env | grep GIVEN; ps -o pgid= -p $$ | tr -d ' '; echo problem >&2", log: log.path,
      input: "hello\n")
    #expect(await child.exit() == .code(0))
    #expect(
      log.lastLines(10, after: 0) == ["hello", "GIVEN=yes", "\(child.pid)", "problem"])
    #expect(log.lastLines(1, after: 0) == ["problem"])
    #expect(log.lastLines(9, after: 6).first == "GIVEN=yes")
  }

  @Test("a missing program is an error that names it")
  func missing() throws {
    #expect(throws: ChildProcess.SpawnError.self) {
      try ChildProcess(
        executable: "/no/such/program", arguments: [], environment: [:], input: "", log: 2)
    }
  }

  @Test("stop is polite first, then final")
  func stops() async throws {
    let folder = try ScratchFolder()
    let log = ChildLog(path: "\(folder.path)/log", limitBytes: 1000)
    let polite = try start("sleep 600", log: log.path)
    #expect(await polite.stop(grace: .seconds(60)) == .signal(SIGTERM))

    let stubborn = try start(
      "trap '' TERM; echo deaf; while true; do sleep 0.1; done", log: log.path)
    #expect(await eventually { log.lastLines(1, after: 0) == ["deaf"] })
    #expect(await stubborn.stop(grace: .milliseconds(100)) == .signal(SIGKILL))
    #expect(await stubborn.stop(grace: .seconds(60)) == .signal(SIGKILL), "stopping twice is fine")
  }

  @Test("the log is emptied once it is over its limit, and goes on growing after that")
  func bounded() async throws {
    let folder = try ScratchFolder()
    let log = ChildLog(path: "\(folder.path)/log", limitBytes: 1000)
    let child = try start(
      "head -c 2000 /dev/zero | tr '\\0' x; while [ -s '\(log.path)' ]; do sleep 0.05; done; echo on",
      log: log.path)
    #expect(await eventually { log.sizeBytes == 2000 })
    log.trim()
    #expect(await child.exit() == .code(0))
    #expect(log.lastLines(1, after: 0) == ["on"])
    #expect(log.sizeBytes == 3)
  }
}
