import Fleet
import Foundation
import Testing

@testable import Server

/// One folder for state, one node.
@Suite(.timeLimit(.minutes(2))) struct StateLockTests {
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = RunningNode.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  private static let fleet = TestFleet.make(
    uplinks: [TestFleet.fiber],
    backends: [TestFleet.backend("b", port: 1, at: .site("region"))])

  @Test func aSecondNodeIsRefusedAndToldOfTheFirst() async throws {
    try await withFolder { folder in
      for _ in 0..<2 {
        try await RunningNode.serve(Self.fleet, stateDirectory: folder) { _ in
          let error = await #expect(throws: NodeError.self) {
            try await RunningNode.serve(Self.fleet, stateDirectory: folder) { _ in }
          }
          #expect(error?.isInput == false)
          let id = ProcessInfo.processInfo.processIdentifier
          #expect(error?.description.contains("(process \(id))") == true)
          #expect(error?.description.contains("--state") == true)
        }
      }
    }
  }

  /// A child that outlives its node, which may be killed, must not hold its folder.
  @Test func childrenDoNotInheritIt() async throws {
    try await withFolder { folder in
      let options = NodeOptions(stateDirectory: folder)
      let lock = try options.lockState()
      // As servers of models are started: with whatever is not closed on the way.
      var child: pid_t = 0
      let words = ["sleep", "30"]
      let arguments: [UnsafeMutablePointer<CChar>?] = words.map { (word: String) in strdup(word) }
      defer { for argument in arguments { free(argument) } }
      #expect(posix_spawn(&child, "/bin/sleep", nil, nil, arguments + [nil], nil) == 0)
      defer {
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
      }
      #expect(throws: NodeError.self) { _ = try options.lockState() }
      #if os(Linux)
        func files(_ process: String) throws -> [String] {
          let folder = "/proc/\(process)/fd"
          return try FileManager.default.contentsOfDirectory(atPath: folder)
            .compactMap {
              try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            }
        }
        #expect(try files("self").contains { $0.hasSuffix("/node.lock") })
        #expect(try !files("\(child)").contains { $0.hasSuffix("/node.lock") })
      #endif
      lock.release()
      let next = try options.lockState()
      next.release()
    }
  }
}
