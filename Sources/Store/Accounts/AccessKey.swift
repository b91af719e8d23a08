import Decisions
import Digests
import Fleet
import Orbits

/// A key of the node's own making, as it is kept: all but the secret.
public struct AccessKey: Sendable, Equatable {
  /// Whether it is taken.
  public enum Status: String, Sendable {
    case active, expired, revoked
  }

  /// The id: the part of the key that is no secret.
  public var id: String
  /// What people call it.
  public var name: String
  /// The digest of the key.
  public var digest: Digest
  /// The digest of the key that it has replaced, and until when that is taken too.
  public var old: (digest: Digest, until: UTC)?
  /// What it allows.
  public var grant: KeyGrant
  /// When it was made.
  public var created: UTC
  /// When its time is over; `nil` means never.
  public var expires: UTC?
  /// When it was revoked.
  public var revoked: UTC?
  /// When it was last used, to the second or so.
  public var lastUsed: UTC?

  /// Creates a key.
  public init(
    id: String, name: String, digest: Digest, grant: KeyGrant, created: UTC, expires: UTC? = nil
  ) {
    self.id = id
    self.name = name
    self.digest = digest
    self.grant = grant
    self.created = created
    self.expires = expires
  }

  /// Whether it is taken at `time`.
  public func status(at time: UTC) -> Status {
    if revoked != nil { return .revoked }
    return expires.map { $0 <= time } == true ? .expired : .active
  }

  /// Who its holder is.
  public var caller: Caller { Caller(id: id, name: name, grant: grant) }

  /// Whether both say the same.
  public static func == (a: AccessKey, b: AccessKey) -> Bool {
    a.id == b.id && a.name == b.name && a.digest == b.digest && a.old?.digest == b.old?.digest
      && a.old?.until == b.old?.until && a.grant == b.grant && a.created == b.created
      && a.expires == b.expires && a.revoked == b.revoked && a.lastUsed == b.lastUsed
  }
}
