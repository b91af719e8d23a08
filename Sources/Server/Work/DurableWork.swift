import Decisions
import Foundation
import Gateway
import Logging
import Orbits
import Store

/// The node's durable work: what accepts it, and what does it.
struct DurableWork: Sendable {
  /// What answers its requests.
  let plane: NodeWork
  private let limits: WorkLimits
  private let logger: Logger

  /// Takes over what is kept, from whatever process kept it before.
  init(
    store: Store, limits: WorkLimits = WorkLimits(), now: @escaping @Sendable () -> UTC,
    logger: Logger
  ) async throws {
    plane = NodeWork(store: store, board: WorkBoard(), limits: limits, now: now)
    self.limits = limits
    self.logger = logger
    try await store.recoverWork(at: now())
  }

  /// Does what has been accepted, until the task is cancelled.
  ///
  /// - Parameter caller: The caller with this id, as it stands now.
  func run(
    asking gateway: any InferenceAsking, caller: @escaping @Sendable (String) -> Caller?
  ) async {
    let sender = WorkSender(
      store: plane.store, board: plane.board, gateway: gateway, limits: limits, caller: caller,
      now: plane.now, logger: logger)
    let keeper = BatchKeeper(
      store: plane.store, board: plane.board, limits: limits, caller: caller, now: plane.now,
      logger: logger)
    await withTaskGroup { group in
      group.addTask { await sender.run() }
      group.addTask { await keeper.run() }
    }
  }
}

extension NodeOptions {
  /// Takes the folder for state for one node, and makes it where it is not there, for the node's own user
  /// alone.
  func lockState() throws(NodeError) -> StateLock {
    do {
      try makeStateFolder()
    } catch {
      throw NodeError(
        isInput: false,
        "cannot make the folder \(stateDirectory): \(error.localizedDescription) Name another with --state."
      )
    }
    return try StateLock(folder: stateDirectory)
  }

  private func makeStateFolder() throws {
    try FileManager.default.createDirectory(
      atPath: stateDirectory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
  }

  /// Opens the node's database in the folder for state, and makes both where they are not there, for
  /// the node's own user alone.
  func openStore() throws(NodeError) -> Store {
    let path = "\(stateDirectory)/perigee.sqlite"
    do {
      try makeStateFolder()
      return try Store(path: path)
    } catch {
      throw NodeError(
        isInput: false,
        "cannot open \(path): \(error). Check that the folder can be written and "
          + "has room, or name another with --state.")
    }
  }
}
