import NIOSSL

/// A self-signed certificate for `backend.test`, made for these tests alone, valid for a hundred years.
enum TestCertificate {
  /// - Parameter newest: The newest version of TLS that the server speaks.
  static func serverContext(newest: TLSVersion? = nil) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(try certificate())],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    configuration.maximumTLSVersion = newest
    return try NIOSSLContext(configuration: configuration)
  }

  static func certificate() throws -> NIOSSLCertificate {
    try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
  }

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF3YUw9jMVmSHhpBF
    Jgjt25Eo/GexvRegIe825eD1gtWhRANCAATpEW+90kIj/Y7I9M0JrrU5SMlijGs1
    HxV42/llVLzXPAKSIiGCj7Sw8+xc0vRlCvNKT7kqU7NnFpthhVXIeEv4
    -----END PRIVATE KEY-----
    """

  private static let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBnTCCAUSgAwIBAgIUSnM09gM/0LNPC92EnrHO/BOVN5gwCgYIKoZIzj0EAwIw
    FzEVMBMGA1UEAwwMYmFja2VuZC50ZXN0MCAXDTI2MTEyNTE4Mjk1N1oYDzIxMjYx
    MTAxMTgyOTU3WjAXMRUwEwYDVQQDDAxiYWNrZW5kLnRlc3QwWTATBgcqhkjOPQIB
    BggqhkjOPQMBBwNCAATpEW+90kIj/Y7I9M0JrrU5SMlijGs1HxV42/llVLzXPAKS
    IiGCj7Sw8+xc0vRlCvNKT7kqU7NnFpthhVXIeEv4o2wwajAdBgNVHQ4EFgQUnbW2
    7Eha4Mx0TptDR0s2cww/qnswHwYDVR0jBBgwFoAUnbW27Eha4Mx0TptDR0s2cww/
    qnswDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxiYWNrZW5kLnRlc3QwCgYI
    KoZIzj0EAwIDRwAwRAIgLRHLkjyuqzv8LxUkY4SazV2g98+GAIDPWki+bZDFDQ4C
    ICtOS5SntUkJ7UE/kLgoMzOxOrfJsUbAMP4zsllhZ7fS
    -----END CERTIFICATE-----
    """
}
