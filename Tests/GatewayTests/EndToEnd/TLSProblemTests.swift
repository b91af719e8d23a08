import Decisions
import Fleet
import Links
import Logging
import NIOCore
import NIOSSL
import Testing

@testable import Gateway

/// Real servers with bad TLS: what is wrong is told by kind, and nothing of the build is.
@Suite(
  .serialized, .timeLimit(.minutes(2)),
  .enabled(if: TestCertificate.expired != nil, "needs the openssl command"))
struct TLSProblemTests {
  enum Bad: CaseIterable {
    case selfSigned, wrongName, expired, plain, closing, oldVersion

    /// What is said of it.
    var words: String {
      switch self {
      case .selfSigned: "not trusted: name its authority's PEM file in `gateway.trust`"
      case .wrongName: "for another name"
      case .expired: "has expired"
      case .plain: "does not speak TLS"
      case .closing: "closed the connection"
      case .oldVersion: "TLS 1.2 or 1.3 has to be spoken"
      }
    }
  }

  private func server(_ bad: Bad, _ rig: Rig) async throws -> (MockBackend, Dialer) {
    let (good, old) = (try #require(TestCertificate.shared), try #require(TestCertificate.expired))
    let certificate = bad == .expired ? old : good
    var context: NIOSSLContext? = try certificate.serverContext()
    if bad == .plain || bad == .closing { context = nil }
    if bad == .oldVersion {
      var settings = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.certificatePath)
          .map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)))
      settings.minimumTLSVersion = .tlsv1
      settings.maximumTLSVersion = .tlsv11
      context = try NIOSSLContext(configuration: settings)
    }
    let blurts: [Bad: String] = [.plain: "HTTP/1.1 400 Bad Request\r\n\r\n", .closing: ""]
    let backend = try await MockBackend(rig.group, tls: context, blurting: blurts[bad]) {
      _ in Script.good
    }
    let dialer =
      bad == .selfSigned
      ? try Dialer() : try Dialer(trustRoots: .file(certificate.certificatePath))
    return (backend, dialer)
  }

  @Test(arguments: Bad.allCases) func isToldByKind(_ bad: Bad) async throws {
    try await Rig.run(Script.good) { rig in
      let (backend, dialer) = try await server(bad, rig)
      let name = bad == .wrongName ? "example.org" : "localhost"
      let endpoint = Endpoint(
        host: "127.0.0.1", port: backend.port, tls: true, serverName: name)
      let router = TestRouter([("b0", endpoint)])
      let gateway = GatewayServer(
        configuration: GatewayConfiguration(port: 0), router: router, control: EchoControl(),
        logger: Logger(label: "test"), group: rig.group, dialer: dialer)
      let client = try await RawClient(port: try await gateway.start().port ?? 0, rig.group)
      try await client.post("/v1/chat/completions", Rig.body())
      let text = try await client.response().text
      let detail = router.told.records.first?.attempts.first?.detail ?? ""
      let probe = Probe(dialer: dialer, group: rig.group)
      let error = await #expect(throws: ProbeError.self) {
        try await probe.run(.http(path: "/"), on: endpoint, timeout: .seconds(20))
      }
      let all = [text, detail, error?.description ?? ""]
      #expect(detail.contains(bad.words), "\(detail)")
      #expect(text.contains("link_tls") && text.contains(detail.prefix(30)), "\(text)")
      if bad != .closing { #expect(all[2].contains(bad.words), "\(all[2])") }
      for words in all {
        for trace in ["boringssl", "openssl", "checkouts", ".cc", ".swift", "/tmp"] {
          #expect(!words.lowercased().contains(trace), "\(words)")
        }
      }
      await client.close()
      await gateway.shutdown(grace: .zero)
      await backend.stop()
    }
  }
}
