/// A key that the manifest names, with what it allows.
public struct DeclaredKey: Sendable, Hashable {
  /// What people and accounts call it; unique among the manifest's keys.
  public var name: String
  /// Where the key itself is kept.
  public var secret: SecretReference
  /// What it allows.
  public var grant: KeyGrant

  /// Creates a key.
  public init(name: String, secret: SecretReference, grant: KeyGrant) {
    self.name = name
    self.secret = secret
    self.grant = grant
  }
}
