import Foundation
import NIOSSL
import TestSupport

/// A certificate for `localhost` that the `openssl` command makes for one run of the tests.
struct TestCertificate: Sendable {
  let certificatePath: String
  let keyPath: String

  /// `nil` where there is no `openssl` command.
  static let shared: TestCertificate? = {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("gateway-tests-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let certificate = TestCertificate(
      certificatePath: folder.appendingPathComponent("cert.pem").path,
      keyPath: folder.appendingPathComponent("key.pem").path)
    let arguments = [
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
      "-keyout", certificate.keyPath, "-out", certificate.certificatePath,
    ]
    let process = ChildProgram.process(URL(fileURLWithPath: "/usr/bin/env"), arguments)
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? certificate : nil
  }()

  func serverContext() throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
    let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
  }

  /// Trusts this certificate and no other.
  func clientConfiguration() -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(certificatePath)
    return configuration
  }
}
