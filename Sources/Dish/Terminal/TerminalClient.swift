import NIOCore
import NIOPosix

/// Asks a terminal over its local gRPC API. What its messages look like it asks the terminal itself, by
/// server reflection, so that other software on the terminal does not break it.
///
/// Connects at the first question and keeps the connection; connects anew, and asks for the definitions
/// anew, where it broke, as it does when the terminal restarts with other software.
public actor TerminalClient {
  /// The most bytes of one answer.
  static let maximumAnswerBytes = 8 * 1_024 * 1_024

  /// Where the terminal is.
  public nonisolated let address: TerminalAddress
  private let localAddress: String?
  private let timeout: Duration
  private let group: any EventLoopGroup
  private var session: Session?
  private var connecting: Task<Result<Session, TerminalError>, Never>?

  /// One connection and what the terminal at its other end understands.
  private struct Session: Sendable {
    var connection: RPCConnection
    var api: DiscoveredAPI
  }

  /// Creates a client; opens nothing yet.
  ///
  /// - Parameters:
  ///   - localAddress: The address of this host to ask from, where it has several ways out.
  ///   - timeout: For the connection, and for each answer.
  public init(
    _ address: TerminalAddress = .standard, from localAddress: String? = nil,
    timeout: Duration = .seconds(5),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.address = address
    self.localAddress = localAddress
    self.timeout = timeout
    self.group = group
  }

  /// The terminal's state of the moment.
  public func status() async throws(TerminalError) -> TerminalStatus {
    TerminalStatus(try await ask("get_status", for: "dish_get_status"))
  }

  /// The last 15 minutes, second by second.
  public func history() async throws(TerminalError) -> TerminalHistory {
    TerminalHistory(try await ask("get_history", for: "dish_get_history"))
  }

  /// Where in its sky the terminal has seen satellites, and where something stood in the way.
  public func obstructionMap() async throws(TerminalError) -> ObstructionMap {
    let answer = try await ask("dish_get_obstruction_map", for: "dish_get_obstruction_map")
    guard let map = ObstructionMap(answer) else {
      throw .malformed(
        address, reason: "an obstruction map whose size is not its rows by its columns")
    }
    return map
  }

  /// Where the terminal is; `nil` where it may not tell, which is how terminals are delivered.
  public func location() async throws(TerminalError) -> TerminalLocation? {
    do {
      return TerminalLocation(try await ask("get_location", for: "get_location"))
    } catch .notPermitted {
      return nil
    }
  }

  /// Ends the connection. The next question opens another.
  public func close() {
    session?.connection.close()
    session = nil
  }

  private func ask(
    _ request: String, for answer: String
  ) async throws(TerminalError) -> DynamicMessage {
    // A kept connection may have ended unseen: then, and only then, a second try is worth while.
    if let kept = session, kept.connection.isActive {
      do {
        return try await ask(request, for: answer, kept)
      } catch .unreachable {
        drop(kept)
      }
    }
    return try await ask(request, for: answer, try await connected())
  }

  private func ask(
    _ request: String, for answer: String, _ session: Session
  ) async throws(TerminalError) -> DynamicMessage {
    guard let question = session.api.request(request) else {
      throw .notOffered(address, request: request)
    }
    let answers: [[UInt8]]
    do {
      answers = try await session.connection.call(
        session.api.path, [question], timeout: timeout, limit: Self.maximumAnswerBytes)
    } catch {
      if case .timedOut = error { drop(session) }
      throw self.error(error, request: request)
    }
    guard let bytes = answers.first else {
      throw .malformed(address, reason: "no message in the answer to `\(request)`")
    }
    do {
      let response = try session.api.schema.decode(bytes, as: session.api.response)
      if let message = response.message(answer) { return message }
    } catch {
      throw .malformed(address, reason: String(fromPeer: "\(error)"))
    }
    throw .malformed(address, reason: "`\(answer)` is not in the answer to `\(request)`")
  }

  private func drop(_ old: Session) {
    old.connection.close()
    if session?.connection.id == old.connection.id { session = nil }
  }

  /// The connection that stands, or a new one. Questions that come while it is made wait for the same;
  /// where one of them is cancelled, the others try again.
  private func connected() async throws(TerminalError) -> Session {
    while !Task.isCancelled {
      if let session, session.connection.isActive { return session }
      let attempt = connecting ?? Task { await self.connect() }
      connecting = attempt
      let result = await withTaskCancellationHandler {
        await attempt.value
      } onCancel: {
        attempt.cancel()
      }
      if case .failure = result, attempt.isCancelled { continue }
      return try result.get()
    }
    throw .unreachable(address, reason: "the question was cancelled")
  }

  private func connect() async -> Result<Session, TerminalError> {
    defer { connecting = nil }
    do {
      let connection = try await RPCConnection.connect(
        to: address, from: localAddress, timeout: timeout, group: group)
      do {
        let api = try await DiscoveredAPI.ask(connection, timeout: timeout)
        let new = Session(connection: connection, api: api)
        session = new
        return .success(new)
      } catch {
        connection.close()
        throw error
      }
    } catch RPCError.status(let status) {
      return .failure(
        .notATerminal(
          address,
          reason: String(fromPeer: "reflection: \(status.code) \(status.message)")))
    } catch let error as RPCError {
      return .failure(self.error(error, request: "reflection"))
    } catch let error as DiscoveryError {
      return .failure(.notATerminal(address, reason: String(fromPeer: error.reason)))
    } catch {
      return .failure(.malformed(address, reason: String(fromPeer: "\(error)")))
    }
  }

  private nonisolated func error(_ error: RPCError, request: String) -> TerminalError {
    switch error {
    case .status(let status) where status.code == .permissionDenied:
      .notPermitted(address, request: request)
    case .status(let status) where status.code == .unimplemented:
      .notOffered(address, request: request)
    case .status(let status):
      .failed(
        address, request: request, RPCStatus(status.code, String(fromPeer: status.message)))
    case .connection(let reason): .unreachable(address, reason: String(fromPeer: reason))
    case .localAddress(let local): .notOfThisHost(address, local: local)
    case .timedOut: .timedOut(address, seconds: Double(timeout.milliseconds) / 1_000)
    case .notGRPC(let reason): .notATerminal(address, reason: String(fromPeer: reason))
    case .tooLarge(let limit):
      .malformed(address, reason: "an answer of more than \(limit / 1_024) KiB")
    }
  }
}
