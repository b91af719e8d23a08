import Fleet
import Server
import Synchronization

/// The manifest as it is now, for a node that reads it again.
final class Manifest: Sendable {
  private let fleet: Mutex<Result<Fleet, NodeError>>

  init(_ fleet: Fleet) { self.fleet = Mutex(.success(fleet)) }

  func write(_ fleet: Fleet) { self.fleet.withLock { $0 = .success(fleet) } }

  func spoil(_ why: String) {
    fleet.withLock { $0 = .failure(NodeError(isInput: true, why)) }
  }

  @Sendable func read() throws -> Fleet { try fleet.withLock { $0 }.get() }
}
