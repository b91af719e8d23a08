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

  /// For `localhost`, by itself, whose time was over long ago; `nil` where there is no `openssl` command.
  static let expired: TestCertificate? = {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("gateway-expired-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let settings =
      "[ca]\ndefault_ca = it\n[it]\ndir = .\ndatabase = ./index\nserial = ./serial\n"
      + "new_certs_dir = .\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n"
      + "[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:localhost\n"
    for (name, text) in [("ca.cnf", settings), ("index", ""), ("serial", "01\n")] {
      try? Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    let steps = [
      "req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out request.pem",
      "ca -batch -config ca.cnf -selfsign -keyfile key.pem -in request.pem -notext -out cert.pem "
        + "-startdate 20200101000000Z -enddate 20210101000000Z",
    ]
    for step in steps {
      let process = ChildProgram.process(
        URL(fileURLWithPath: "/usr/bin/env"),
        ["openssl"] + step.split(separator: " ").map(String.init))
      process.currentDirectoryURL = folder
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return nil }
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { return nil }
    }
    return TestCertificate(
      certificatePath: folder.appendingPathComponent("cert.pem").path,
      keyPath: folder.appendingPathComponent("key.pem").path)
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
