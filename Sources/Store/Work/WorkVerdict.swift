import Decisions
import Orbits

/// What an attempt's answer makes of its work: whether it is the answer, or another attempt is due.
public enum WorkVerdict: Sendable, Equatable {
  /// It is the answer.
  case keep
  /// It is not; to be tried again after `wait`.
  case retry(after: Duration, isFailure: Bool)

  /// Judges an answer.
  ///
  /// What the caller did wrong stays wrong, so it is the answer. That there was no way, no room or no
  /// time to finish says nothing about the work, which waits; nor does a limit or budget of the caller's
  /// that will have room again. A backend that fails is given `tries`
  /// attempts with longer and longer waits, since the error may be this request's own doing.
  ///
  /// - Parameters:
  ///   - status: The answer's status.
  ///   - fault: Why the gateway gave up, if it did.
  ///   - retryAfter: When the answer says to come again.
  ///   - progress: How far the work has come, this attempt included.
  ///   - tries: How often a backend may fail.
  public static func judge(
    status: Int, fault: Fault?, retryAfter: Duration?, progress: WorkProgress, tries: Int
  ) -> WorkVerdict {
    if let fault, isOfTheWay(fault) || isOfTheAccount(fault, retryAfter) {
      return .retry(
        after: max(retryAfter ?? .zero, backOff(progress.epoch, longest: .seconds(30))),
        isFailure: false)
    }
    guard isPassing(status), progress.failures + 1 < tries else { return .keep }
    return .retry(
      after: max(retryAfter ?? .zero, backOff(progress.failures + 1, longest: .seconds(300))),
      isFailure: true)
  }

  private static func isOfTheWay(_ fault: Fault) -> Bool {
    fault.rawValue.hasPrefix("link_") || fault.rawValue.hasPrefix("own_") || fault.isOfQueue
  }

  private static func isOfTheAccount(_ fault: Fault, _ retryAfter: Duration?) -> Bool {
    retryAfter != nil && (fault == .policyRateLimited || fault == .policyBudget)
  }

  /// Statuses that may be another one next time (RFC 9110; 529 is Anthropic's for overload).
  private static func isPassing(_ status: Int) -> Bool {
    switch status {
    case 408, 409, 425, 429, 499, 500, 502, 503, 504, 529: true
    default: false
    }
  }

  /// 1 s, 2 s, 4 s and so on.
  public static func backOff(_ attempt: Int, longest: Duration) -> Duration {
    min(longest, .seconds(1 << min(16, max(0, attempt - 1))))
  }
}
