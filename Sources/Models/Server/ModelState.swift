/// What a managed model is doing.
public enum ModelState: Sendable, Hashable {
  /// Its files are being found and verified, or its process is being started.
  case starting
  /// Its process runs and reads the weights; requests would be refused.
  case loading(pid: Int32)
  /// It answers requests at `http://127.0.0.1:PORT/v1`.
  case ready(port: UInt16, pid: Int32)
  /// It cannot be served until somebody acts, as `error` says; looked at again after `retryAfter`.
  case failed(ModelError, retryAfter: Duration)
  /// Its process ended or hung, for `reason`; a new one starts after `after`.
  case restarting(after: Duration, reason: String)
  /// It was stopped, or has not been started yet.
  case stopped

  /// Whether requests can be sent to it.
  public var isReady: Bool {
    if case .ready = self { true } else { false }
  }
}

extension ModelState: CustomStringConvertible {
  /// The state in a few words, for a log line or a dashboard.
  public var description: String {
    switch self {
    case .starting: "starting"
    case .loading(let pid): "loading (pid \(pid))"
    case .ready(let port, let pid): "ready at 127.0.0.1:\(port) (pid \(pid))"
    case .failed(let error, _): "failed: \(error)"
    case .restarting(let after, let reason): "restarting in \(after): \(reason)"
    case .stopped: "stopped"
    }
  }
}
