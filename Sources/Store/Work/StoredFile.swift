import GRDB
import Orbits

/// A file that a client has uploaded, or that a batch has made. Its bytes are kept in chunks beside it.
public struct StoredFile: Sendable, Equatable {
  /// Its id.
  public var id: String
  /// The caller it belongs to; empty where there are no keys.
  public var owner: String
  /// The name it was uploaded under.
  public var name: String
  /// What it is for, such as `batch` or `batch_output`.
  public var purpose: String
  /// Its length.
  public var bytes: Int
  /// When it was made.
  public var created: UTC
  /// When it is forgotten.
  public var expires: UTC

  /// Creates a description.
  public init(
    id: String, owner: String, name: String, purpose: String, bytes: Int = 0, created: UTC,
    expires: UTC
  ) {
    self.id = id
    self.owner = owner
    self.name = name
    self.purpose = purpose
    self.bytes = bytes
    self.created = created
    self.expires = expires
  }

  init(_ row: Row) {
    self.init(
      id: row["id"], owner: row["owner"], name: row["name"], purpose: row["purpose"],
      bytes: row["bytes"], created: UTC(nanosecondsSince1970: row["created"]),
      expires: UTC(nanosecondsSince1970: row["expires"]))
  }
}
