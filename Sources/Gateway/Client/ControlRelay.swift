import Logging
import NIOCore

/// Carries one request to the control plane and its answer back to the connection it came from: the only
/// asynchronous code behind a client's connection.
struct ControlRelay: Sendable {
  let control: any ControlPlane
  let connection: NIOLoopBound<ClientConnection>
  let eventLoop: any EventLoop
  let logger: Logger

  /// Asks and answers. Cancelling the task ends an answer that goes on.
  func run(_ request: ControlRequest) async {
    let response: ControlResponse
    do {
      response = try await control.respond(to: request)
    } catch {
      logger.error(
        "the control plane failed",
        metadata: ["request": "\(request.id)", "error": "\(error)"])
      eventLoop.execute { [connection] in connection.value.controlFailed(request.id) }
      return
    }
    switch response {
    case .full(let status, let headers, let body):
      eventLoop.execute { [connection] in
        connection.value.sendControl(request.id, status, headers, body)
      }
    case .stream(let status, let headers, let body):
      await relay(body, of: request.id, status, headers)
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
