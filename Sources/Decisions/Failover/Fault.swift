/// What went wrong with a request or an attempt: the closed vocabulary of `error_type` in metrics and
/// of `code` in errors. The prefix names whose fault it is.
public enum Fault: String, Sendable, CaseIterable {
  /// The body is not JSON, or lacks or misuses a field the gateway needs.
  case callerInvalidRequest = "caller_invalid_request"
  /// No key, or a wrong one.
  case callerUnauthorized = "caller_unauthorized"
  /// A host name or an origin that this gateway does not answer to.
  case callerForbidden = "caller_forbidden"
  /// The same idempotency key with another request, or something that cannot be done any more.
  case callerConflict = "caller_conflict"
  /// A path, a method or a kept thing that does not exist.
  case callerNotFound = "caller_not_found"
  /// A model that no backend serves.
  case callerUnknownModel = "caller_unknown_model"
  /// A body or head beyond the limits.
  case callerTooLarge = "caller_too_large"
  /// The request did not arrive in time.
  case callerTooSlow = "caller_too_slow"
  /// The client went away before the answer was complete.
  case callerCancelled = "caller_cancelled"
  /// The client stopped reading its stream.
  case callerStalled = "caller_stalled"
  /// The backend refused the request with a 4xx, which was passed on.
  case callerRejected = "caller_rejected"
  /// What is asked cannot be had from any backend that serves the model, in whatever words.
  case callerUnsupported = "caller_unsupported"
  /// The time that the client gave for an answer ran out. Says nothing about the path.
  case callerDeadline = "caller_deadline"

  /// The key does not allow what was asked for.
  case policyForbidden = "policy_forbidden"
  /// A limit of the key is used up.
  case policyRateLimited = "policy_rate_limited"
  /// A budget of the key is used up.
  case policyBudget = "policy_budget"

  /// The backend asked for fewer requests (429).
  case providerRateLimited = "provider_rate_limited"
  /// The backend answered 408, 409 or 5xx.
  case providerError = "provider_error"
  /// The backend answered 401 to 405: it does not accept the gateway's key, or does not know the model
  /// or the path that it is asked for.
  case providerRefused = "provider_refused"
  /// The backend's answer is no HTTP, not the media type that was asked for, or no JSON.
  case providerBadAnswer = "provider_bad_answer"
  /// The backend's answer ended before it was complete.
  case providerTruncated = "provider_truncated"
  /// The backend's stream began with an error.
  case providerErrorEvent = "provider_error_event"
  /// The backend did not answer in time.
  case providerTimeout = "provider_timeout"
  /// The backend began to answer and then fell silent.
  case providerStalled = "provider_stalled"
  /// The backend's answer is beyond the limits.
  case providerTooLarge = "provider_too_large"

  /// No way to any backend that serves the model.
  case linkNoPath = "link_no_path"
  /// The connection was refused.
  case linkRefused = "link_refused"
  /// The connection did not stand in time.
  case linkConnectTimeout = "link_connect_timeout"
  /// The backend's host cannot be reached, or its name not be resolved.
  case linkUnreachable = "link_unreachable"
  /// The TLS handshake failed.
  case linkTLS = "link_tls"
  /// The connection broke.
  case linkReset = "link_reset"

  /// What is kept on disk takes as much room as it may.
  case ownStorageFull = "own_storage_full"
  /// The gateway has as many requests as it may.
  case ownOverloaded = "own_overloaded"
  /// The gateway is shutting down.
  case ownShutdown = "own_shutdown"
  /// The control plane failed.
  case ownInternal = "own_internal"
}

extension Fault {
  /// Whether the path or the backend behind it is to blame.
  public var isOfPath: Bool { rawValue.hasPrefix("provider") || rawValue.hasPrefix("link") }

  /// Whether it speaks against the backend's health, or the health of the way to it.
  public var isBackendTrouble: Bool {
    switch self {
    case .linkRefused, .linkReset, .linkConnectTimeout, .linkUnreachable, .linkTLS,
      .providerRefused, .providerError, .providerBadAnswer, .providerTruncated, .providerTimeout,
      .providerStalled:
      true
    default: false
    }
  }
}
