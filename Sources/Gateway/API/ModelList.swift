import Orbits

/// The answers of `/v1/models`.
enum ModelList {
  /// All of them.
  static func list(_ models: [ModelEntry]) -> String {
    "{\"object\":\"list\",\"data\":[\(models.map(entry).joined(separator: ","))]}"
  }

  /// One of them.
  static func entry(_ model: ModelEntry) -> String {
    "{\"id\":\(JSONText.quoted(model.id)),\"object\":\"model\","
      + "\"created\":\(model.created.nanosecondsSince1970 / 1_000_000_000),"
      + "\"owned_by\":\(JSONText.quoted(model.ownedBy))}"
  }
}
