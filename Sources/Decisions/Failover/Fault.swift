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
  /// Every place is taken, and as many wait as may.
  case policyQueueFull = "policy_queue_full"
  /// Every place is taken, and none is expected, or came, in time.
  case policyQueueLate = "policy_queue_late"
  /// A more urgent request needed the room to wait.
  case policyDisplaced = "policy_displaced"

  /// Another attempt for the same request brought content first. Says nothing about the path.
  case policyHedgeLost = "policy_hedge_lost"

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
  /// Asked to go on with an answer that broke, the backend gave something that does not join it.
  case providerDiverged = "provider_diverged"

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
  /// The link is known to be down.
  case linkOutage = "link_outage"
  /// The connection broke or did not stand just after the route had changed.
  case linkHandover = "link_handover"
  /// The request could not be sent in time.
  case linkTimeout = "link_timeout"

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
  /// Why a request got no place.
  public init(_ reason: PlaceQueue.Refusal.Reason) {
    self =
      switch reason {
      case .full: .policyQueueFull
      case .late: .policyQueueLate
      case .displaced: .policyDisplaced
      }
  }

  /// Whether there was no place for the request.
  public var isOfQueue: Bool {
    self == .policyQueueFull || self == .policyQueueLate || self == .policyDisplaced
  }

  /// Whether the path or the backend behind it is to blame.
  public var isOfPath: Bool { rawValue.hasPrefix("provider") || rawValue.hasPrefix("link") }

  /// Whether the backend itself failed, so that asking it over another uplink is of no use.
  public var isOfBackend: Bool {
    switch self {
    case .providerRateLimited, .providerError, .providerRefused, .providerDiverged, .linkRefused:
      true
    default: false
    }
  }

  /// Whether the link failed and may be back soon.
  public var isOfLink: Bool {
    switch self {
    case .linkNoPath, .linkConnectTimeout, .linkUnreachable, .linkOutage, .linkHandover,
      .linkTimeout:
      true
    default: false
    }
  }

  /// A route that changed this long ago may be what broke a connection.
  private static let handover = Duration.seconds(2)

  /// What is behind a fault, where more is known of the link than the connection tells.
  ///
  /// - Parameters:
  ///   - isLinkDown: Whether the path's link is known to be down.
  ///   - isSent: Whether the whole request had been sent.
  ///   - sinceChange: How long ago the path's route changed; `nil` where it has not since the decision.
  public func explained(
    isLinkDown: Bool, isSent: Bool = true, sinceChange: Duration? = nil
  ) -> Fault {
    switch self {
    case .linkReset, .linkConnectTimeout, .linkUnreachable, .providerTimeout, .providerStalled,
      .providerTruncated:
      break
    default: return self
    }
    if isLinkDown { return .linkOutage }
    if self == .providerTimeout, !isSent { return .linkTimeout }
    guard self == .linkReset || self == .linkConnectTimeout, let sinceChange,
      .zero...Self.handover ~= sinceChange
    else { return self }
    return .linkHandover
  }

  /// Whether it speaks against the backend's health, or the health of the way to it.
  public var isBackendTrouble: Bool {
    switch self {
    case .linkRefused, .linkReset, .linkConnectTimeout, .linkUnreachable, .linkTLS, .linkTimeout,
      .providerRefused, .providerError, .providerBadAnswer, .providerTruncated, .providerTimeout,
      .providerStalled:
      true
    default: false
    }
  }
}
