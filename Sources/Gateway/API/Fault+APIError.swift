import Decisions

extension Fault {
  /// Whether the time for an answer ran out, which is answered with 504.
  var isTimeout: Bool {
    switch self {
    case .callerDeadline, .providerTimeout, .providerStalled: true
    default: false
    }
  }

  /// OpenAI's `type` of an error with this fault.
  var errorType: String {
    switch self {
    case .callerDeadline: return "timeout_error"
    case .policyRateLimited, .policyQueueFull, .policyQueueLate, .policyDisplaced:
      return "rate_limit_error"
    case .policyBudget: return "insufficient_quota"
    case .policyForbidden: return "permission_error"
    default: break
    }
    return switch rawValue.prefix(while: { $0 != "_" }) {
    case "provider": "upstream_error"
    case "link": "link_error"
    case "own": "server_error"
    default: "invalid_request_error"
    }
  }
}
