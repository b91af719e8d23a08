import Links
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Orbits
import Synchronization

@testable import Gateway

/// A real gateway on a free port, with mock backends in the ranking's order.
struct Rig {
  let server: GatewayServer
  let port: Int
  let router: TestRouter
  let backends: [MockBackend]
  let group: MultiThreadedEventLoopGroup

  /// Runs `body` against a gateway with one backend for each script.
  static func run(
    _ scripts: [MockBackend.Step]..., configure: (inout GatewayConfiguration) -> Void = { _ in },
    control: any ControlPlane = EchoControl(), accounts: (any AccountKeeper)? = nil,
    router makeRouter: ([MockBackend]) -> TestRouter = { Rig.router($0) },
    _ body: (Rig) async throws -> Void
  ) async throws {
    let responders = scripts.map { steps in
      { @Sendable (_: MockBackend.Request) in steps }
    }
    try await run(
      responding: responders, configure: configure, control: control, accounts: accounts,
      router: makeRouter, body)
  }

  /// Runs `body` against a gateway with one backend for each responder.
  static func run(
    responding responders: [@Sendable (MockBackend.Request) -> [MockBackend.Step]],
    configure: (inout GatewayConfiguration) -> Void = { _ in },
    control: any ControlPlane = EchoControl(), accounts: (any AccountKeeper)? = nil,
    certificate: TestCertificate? = nil,
    router makeRouter: ([MockBackend]) -> TestRouter = { Rig.router($0) },
    _ body: (Rig) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var backends: [MockBackend] = []
    for respond in responders {
      let tls = try certificate?.serverContext()
      backends.append(try await MockBackend(group, tls: tls, script: respond))
    }
    var configuration = GatewayConfiguration(port: 0)
    configure(&configuration)
    let router = makeRouter(backends)
    let server = GatewayServer(
      configuration: configuration, router: router, control: control, accounts: accounts,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), group: group,
      dialer: try certificate.map { try Dialer(trustRoots: .file($0.certificatePath)) })
    let address = try await server.start()
    let rig = Rig(
      server: server, port: address.port ?? 0, router: router, backends: backends, group: group)
    let result: Result<Void, any Error>
    do {
      try await body(rig)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await server.shutdown(grace: .milliseconds(200))
    for backend in backends { await backend.stop() }
    try await group.shutdownGracefully()
    try result.get()
  }

  /// The backends as `b0`, `b1` and so on.
  static func router(_ backends: [MockBackend]) -> TestRouter {
    TestRouter(backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) })
  }

  func client(isReading: Bool = true) async throws -> RawClient {
    try await RawClient(port: port, group, isReading: isReading)
  }

  /// Posts a chat completion over a new connection and gives the response.
  func chat(
    stream: Bool = false, headers: [String] = [], extra: String = ""
  ) async throws -> RawClient.Response {
    let client = try await client()
    try await client.post(
      "/v1/chat/completions", Self.body(stream: stream, extra), headers: headers)
    let response = try await client.response()
    await client.close()
    return response
  }

  /// Of a stream the usage is asked for.
  static func body(stream: Bool = false, _ extra: String = "") -> String {
    let extra = stream ? #","stream_options":{"include_usage":true}"# + extra : extra
    return
      #"{"model":"test-model","messages":[{"role":"user","content":"hello"}],"stream":\#(stream)\#(extra)}"#
  }

  /// Waits, for up to ten seconds, until `isTrue`.
  func eventually(_ isTrue: () -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
      if isTrue() { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return isTrue()
  }

  /// The only record, once it is there.
  func record() async throws -> RequestRecord? {
    _ = try await eventually { !router.told.records.isEmpty }
    return router.told.records.first
  }
}

/// A control plane that tells what it was asked; `/stream` counts, `/fail` fails, `/sniffed` sets a field
/// that the gateway sets too.
struct EchoControl: ControlPlane {
  struct Failure: Error {}

  func respond(to request: ControlRequest) async throws -> ControlResponse {
    if request.path == "/fail" { throw Failure() }
    if request.path == "/stream" {
      let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
      for index in 0..<3 { continuation.yield(Array("data: \(index)\n\n".utf8)) }
      switch request.query {
      case "endless": break
      case "pause":
        Task {
          try? await Task.sleep(for: .milliseconds(400))
          continuation.yield(Array("data: late\n\n".utf8))
          continuation.finish()
        }
      default: continuation.finish()
      }
      return .stream(status: 200, headers: [("content-type", "text/event-stream")], body: stream)
    }
    let text = "\(request.method) \(request.path) ?\(request.query) \(request.body.count)"
    var headers = [(name: "content-type", value: "text/plain")]
    if request.path == "/sniffed" { headers.append(("X-Content-Type-Options", "nosniff")) }
    return .full(status: 200, headers: headers, body: Array(text.utf8))
  }

  func isPublic(path: String) -> Bool { path == "/" }
}
