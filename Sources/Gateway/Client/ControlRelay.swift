import Logging
import NIOCore

/// Carries the answer of the control plane or the work plane back to the connection that asked: the only
/// asynchronous code behind a client's connection.
struct ControlRelay: Sendable {
  let connection: NIOLoopBound<ClientConnection>
  let eventLoop: any EventLoop
  let logger: Logger

  /// Asks for the answer to the request `id` and sends it. Cancelling the task ends an answer that goes
  /// on.
  func run(_ id: String, respond: () async throws -> ControlResponse) async {
    let response: ControlResponse
    do {
      response = try await respond()
    } catch let refusal as WorkError {
      eventLoop.execute { [connection] in connection.value.workRefused(id, refusal) }
      return
    } catch {
      logger.error(
        "the control plane failed", metadata: ["request": "\(id)", "error": "\(error)"])
      eventLoop.execute { [connection] in connection.value.controlFailed(id) }
      return
    }
    switch response {
    case .full(let status, let headers, let body):
      eventLoop.execute { [connection] in
        connection.value.sendControl(id, status, headers, body)
      }
    case .stream(let status, let headers, let body):
      await relay(body, of: id, status, headers)
    }
  }

  private func relay(
    _ body: AsyncStream<[UInt8]>, of id: String, _ status: Int,
    _ headers: [(name: String, value: String)]
  ) async {
    let begun = eventLoop.submit { [connection] in
      connection.value.beginControlStream(id, status, headers)
    }
    guard (try? await begun.get()) == true else { return }
    for await chunk in body {
      let written = eventLoop.flatSubmit { [connection] in
        connection.value.writeControl(id, chunk)
      }
      guard (try? await written.get()) != nil else { return }
    }
    eventLoop.execute { [connection] in connection.value.endControlStream(id) }
  }
}
