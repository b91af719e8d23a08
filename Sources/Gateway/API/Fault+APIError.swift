import Decisions

extension Fault {
  /// Whether the time for an answer ran out, which is answered with 504.
  var isTimeout: Bool {
    switch self {
    case .callerDeadline, .providerTimeout, .providerStalled, .linkConnectTimeout: true
    default: false
    }
  }

  /// OpenAI's `type` of an error with this fault.
  var errorType: String {
    if self == .callerDeadline { return "timeout_error" }
    return switch rawValue.prefix(while: { $0 != "_" }) {
    case "provider": "upstream_error"
    case "link": "link_error"
    case "own": "server_error"
    default: "invalid_request_error"
    }
  }
}
