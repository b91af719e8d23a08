import NIOCore
import NIOPosix
import Synchronization

/// A stand-in for a terminal: the same gRPC API on the loopback interface, telling what an emulated link
/// goes through. Clients that read a real terminal read it unmodified.
///
/// Answers `get_status`, `get_history`, `dish_get_obstruction_map` and `get_location`, and server
/// reflection; everything else is `UNIMPLEMENTED`.
public final class EmulatedTerminal: Sendable {
  /// The versions of server reflection; older software has the alpha one only.
  public enum ReflectionVersion: Sendable, CaseIterable {
    /// `grpc.reflection.v1`.
    case v1
    /// `grpc.reflection.v1alpha`.
    case v1alpha

    fileprivate var path: String {
      switch self {
      case .v1: Reflection.pathV1
      case .v1alpha: Reflection.pathV1Alpha
      }
    }
  }

  private let state: Mutex<TerminalState>
  private let reflectionPaths: Set<String>
  private let server: RPCServer

  /// Creates a terminal that does not listen yet.
  ///
  /// - Parameter reflection: The versions of server reflection that it offers.
  public init(
    _ state: TerminalState, reflection: Set<ReflectionVersion> = [.v1, .v1alpha],
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.state = Mutex(state)
    reflectionPaths = Set(reflection.map(\.path))
    server = RPCServer(group: group)
  }

  /// Listens on a port of 127.0.0.1, on a free one where it is 0, and gives the port.
  public func start(port: Int = 0) async throws -> Int {
    let reflectionPaths = reflectionPaths
    return try await server.start(port: port, isStreaming: { reflectionPaths.contains($0) }) {
      path, message throws(RPCStatus) in try self.answer(path, message)
    }
  }

  /// Stops listening and ends every connection.
  public func stop() async { await server.stop() }

  /// Changes what the terminal knows, such as by a new sample.
  public func update(_ change: (inout TerminalState) -> Void) {
    state.withLock { change(&$0) }
  }

  private func answer(_ path: String, _ message: [UInt8]) throws(RPCStatus) -> [UInt8] {
    if reflectionPaths.contains(path) { return try ReflectionAnswers.answer(message) }
    guard path == TerminalAPI.handlePath else {
      throw RPCStatus(.unimplemented, "no method at \(path.prefix(100))")
    }
    do {
      let request = try TerminalAPI.schema.decode(message, as: TerminalAPI.request)
      let state = state.withLock { $0 }
      let (name, content) = try Self.content(request, state)
      var response = TerminalAPI.message("Response")
      response["id"] = request["id"]
      response["api_version"] = .unsigned(1)
      response[name] = .message(content)
      return response.encoded()
    } catch let error as WireError {
      throw RPCStatus(.invalidArgument, "the request can't be read: \(error)")
    } catch let status as RPCStatus {
      throw status
    } catch {
      throw RPCStatus(.internal)
    }
  }

  private static func content(
    _ request: DynamicMessage, _ state: TerminalState
  ) throws(RPCStatus) -> (name: String, content: DynamicMessage) {
    if request["get_status"] != nil { return ("dish_get_status", state.status) }
    if request["get_history"] != nil { return ("dish_get_history", state.history) }
    if request["dish_get_obstruction_map"] != nil {
      return ("dish_get_obstruction_map", state.obstructionMap)
    }
    if request["get_location"] != nil {
      guard let location = state.locationAnswer else {
        throw RPCStatus(.permissionDenied, "the terminal may not tell where it is")
      }
      return ("get_location", location)
    }
    throw RPCStatus(.unimplemented, "the emulated terminal does not do that")
  }
}
