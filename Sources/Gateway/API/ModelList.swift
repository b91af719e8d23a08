import Dialects
import Orbits

/// The answers of `/v1/models`, in the shapes of both vendors.
enum ModelList {
  /// All of them.
  static func list(_ models: [ModelEntry], _ shape: APIShape) -> String {
    let entries = models.map { entry($0, shape) }.joined(separator: ",")
    guard shape == .anthropic else { return "{\"object\":\"list\",\"data\":[\(entries)]}" }
    return "{\"data\":[\(entries)],\"has_more\":false,"
      + "\"first_id\":\(JSONText.quotedOrNull(models.first?.id)),"
      + "\"last_id\":\(JSONText.quotedOrNull(models.last?.id))}"
  }

  /// One of them.
  static func entry(_ model: ModelEntry, _ shape: APIShape) -> String {
    let id = JSONText.quoted(model.id)
    guard shape == .anthropic else {
      return "{\"id\":\(id),\"object\":\"model\","
        + "\"created\":\(model.created.nanosecondsSince1970 / 1_000_000_000),"
        + "\"owned_by\":\(JSONText.quoted(model.ownedBy))}"
    }
    return "{\"type\":\"model\",\"id\":\(id),\"display_name\":\(id),"
      + "\"created_at\":\(JSONText.quoted("\(model.created)"))}"
  }
}
