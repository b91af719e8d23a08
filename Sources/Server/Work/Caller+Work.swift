import Decisions
import Fleet
import Gateway

/// What a key must allow for work to be accepted. When the work is done, limits and budgets are asked
/// again, of the account as it stands then.
extension Caller {
  /// Refuses what needs `scope` where the key does not allow it.
  func require(_ scope: KeyScope) throws(WorkError) {
    guard !may(scope) else { return }
    throw WorkError(
      403, .policyForbidden,
      "The key '\(name)' does not have the scope '\(scope.rawValue)', which this needs. Use another "
        + "key, or have one made with it: `perigee keys create --scope \(scope.rawValue)`.",
      code: "policy_forbidden")
  }

  /// Refuses a model that the key does not allow, in the words for one that does not exist.
  func require(model: String) throws(WorkError) {
    guard !mayUse(model: model) else { return }
    throw WorkError(
      404, .callerUnknownModel,
      "The model `\(model.prefix(200))` does not exist or you do not have access to it.",
      code: "model_not_found", param: "model")
  }
}
