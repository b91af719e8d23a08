import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a probe failed.
public enum ProbeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No connection: unreachable, or a name that does not resolve.
  case connect(String)
  /// The machine is there and refused the connection.
  case refused(String)
  /// No whole answer within the policy's timeout.
  case timedOut
  /// The connection ended before a whole answer.
  case closedEarly
  /// What came back is not HTTP/1.1, or TLS failed.
  case invalidAnswer(String)
  /// A status outside 200 to 299.
  case status(Int)

  /// The failure in words, for logs, metrics and `perigee explain`.
  public var description: String {
    switch self {
    case .connect(let reason), .refused(let reason): "no connection: \(reason)"
    case .timedOut: "no answer in time"
    case .closedEarly: "connection closed before a whole answer"
    case .invalidAnswer(let reason): "not a valid answer: \(reason)"
    case .status(let code): "status \(code)"
    }
  }

  /// Whether nothing came back, not even a refusal.
  public var isSilence: Bool {
    switch self {
    case .timedOut, .connect: true
    default: false
    }
  }

  /// What a failure to connect comes to.
  init(connecting error: any Error) {
    switch error {
    case let error as ProbeError: self = error
    case ChannelError.connectTimeout: self = .timedOut
    case let error as NIOConnectionError:
      if let attempt = error.connectionErrors.first {
        self.init(connecting: attempt.error)
      } else if let reason = error.dnsAError ?? error.dnsAAAAError {
        self = .connect("\(error.host) does not resolve (\(reason))")
      } else {
        self = .connect("\(error.host) has no address")
      }
    case let error as IOError where error.errnoCode == ECONNREFUSED: self = .refused("\(error)")
    default: self = .connect("\(error)")
    }
  }
}
