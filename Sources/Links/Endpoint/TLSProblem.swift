import NIOCore
import NIOSSL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why TLS failed, by kind, with what helps.
///
/// In words of its own: those of the TLS library name files of the machine that it was built on, which have no
/// place in an answer, a log or a metric.
public enum TLSProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// No authority that is trusted here vouches for the certificate.
  case notTrusted
  /// The certificate's time is over.
  case expired
  /// The certificate's time has not come.
  case notYetValid
  /// The certificate is for another name.
  case wrongName
  /// What answers does not speak TLS.
  case notTLS
  /// The other side ended the connection, in the handshake or without TLS's own end.
  case closed
  /// Something else, with the TLS library's word for it.
  case failed(String)

  /// What is wrong and what helps.
  public var description: String {
    switch self {
    case .notTrusted:
      "the certificate is not trusted: name its authority's PEM file in `gateway.trust`"
    case .expired: "the certificate has expired: renew it at the backend"
    case .notYetValid: "the certificate is not valid yet: compare the clocks here and there"
    case .wrongName:
      "the certificate is for another name: reach the backend by a name that stands in it"
    case .notTLS:
      "what answers does not speak TLS: write `http://`, or the port that does"
    case .closed:
      "the other side closed the connection: check that its port speaks TLS, and what stands between"
    case .failed(let word): "TLS failed (\(word)): TLS 1.2 or 1.3 has to be spoken there"
    }
  }

  /// What an error of the TLS library comes to; `nil` for any other error.
  ///
  /// - Parameter certificate: What the other side showed, where it has: it tells whose time is over.
  public init?(_ error: any Error, certificate: NIOSSLCertificate? = nil) {
    switch error {
    case let problem as TLSProblem: self = problem
    case let error as NIOSSLExtraError:
      self = error == .failedToValidateHostname ? .wrongName : .failed("a bad name or key")
    case let error as BoringSSLError: self = Self.reading(error, certificate)
    case NIOSSLError.handshakeFailed(let error), NIOSSLError.shutdownFailed(let error):
      self = Self.reading(error, certificate)
    case NIOSSLError.uncleanShutdown: self = .closed
    case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
      self = .notTrusted
    case NIOSSLError.failedToLoadCertificate: self = .failed("no certificate can be read")
    case NIOSSLError.failedToLoadPrivateKey: self = .failed("no private key can be read")
    case is NIOSSLError: self = .failed("a state that it can't go on from")
    default: return nil
    }
  }

  /// An error in the channel of `context`, in words that hold nothing of the build.
  public static func words(for error: any Error, in context: ChannelHandlerContext) -> String {
    let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
    return words(for: error, certificate: certificate)
  }

  /// An error in words that hold nothing of the build.
  public static func words(
    for error: any Error, certificate: NIOSSLCertificate? = nil
  ) -> String {
    TLSProblem(error, certificate: certificate)?.description ?? "\(error)"
  }

  private static func reading(
    _ error: BoringSSLError, _ certificate: NIOSSLCertificate?
  ) -> TLSProblem {
    let errors: [BoringSSLInternalError] =
      switch error {
      case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack),
        .failedToSetALPN(let stack):
        stack
      case .syscallError, .zeroReturn: [.eofDuringHandshake]
      default: []
      }
    if errors.contains(.eofDuringHandshake) { return .closed }
    let words = errors.compactMap(word)
    if words.contains("CERTIFICATE_VERIFY_FAILED") { return judged(certificate) }
    if words.contains(where: plainWords.contains) { return .notTLS }
    return .failed(words.first ?? "the handshake")
  }

  /// What HTTP, and whatever else is no TLS, looks like to TLS.
  private static let plainWords: Set<String> = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST"]

  private static func judged(_ certificate: NIOSSLCertificate?) -> TLSProblem {
    guard let certificate else { return .notTrusted }
    let now = time(nil)
    if certificate.notValidAfter < now { return .expired }
    return certificate.notValidBefore > now ? .notYetValid : .notTrusted
  }

  /// The library's word for an error, which stands between its name and the place in its source.
  private static func word(_ error: BoringSSLInternalError) -> String? {
    let text = error.description
    guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return nil }
    let word = text[mark.upperBound...].prefix {
      $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber)
    }
    return word.isEmpty ? nil : String(word)
  }
}
