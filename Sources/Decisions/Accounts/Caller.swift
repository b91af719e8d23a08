import Fleet

/// Who asks: the holder of a key, or everybody where no keys are asked for.
public struct Caller: Sendable, Equatable {
  /// The key's id; ``local`` has none.
  public var id: String?
  /// The name that the key was given, for people.
  public var name: String
  /// What it may do.
  public var grant: KeyGrant

  /// Everybody on this machine, where no keys are asked for.
  public static let local = Caller(id: nil, name: "local", grant: .everything)

  /// Creates a caller.
  public init(id: String?, name: String, grant: KeyGrant) {
    self.id = id
    self.name = name
    self.grant = grant
  }

  /// Whether it may do what needs `scope`.
  public func may(_ scope: KeyScope) -> Bool { grant.scopes.contains(scope) }

  /// Whether it may ask for `model`.
  public func mayUse(model: String) -> Bool { grant.models?.contains(model) ?? true }
}

/// Why a key is not taken.
public enum KeyRefusal: Error, Sendable, Equatable {
  /// It is not one of this node's.
  case unknown
  /// Its time is over.
  case expired
  /// It was revoked.
  case revoked
}
