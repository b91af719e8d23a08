import Decisions
import Digests
import Orbits
import Store

/// The keys that a node takes, found by their digests.
struct KeyTable: Sendable {
  private struct Entry {
    var caller: Caller
    var expires: UTC?
    var isRevoked = false
    var lastUsed: UTC?
    var isStored = false
  }

  private var entries: [Digest: Entry] = [:]
  private var declared: [AccountBook.DeclaredCaller] = []
  private var stored: [AccessKey] = []

  /// Whether there never was a key. One that was revoked counts: revoking the last must not open the door.
  var isEmpty: Bool { declared.isEmpty && stored.isEmpty }

  /// Whether the database has any, revoked ones included.
  var hasStored: Bool { !stored.isEmpty }

  /// All callers.
  var callers: [Caller] { declared.map(\.caller) + stored.map(\.caller) }

  mutating func replaceDeclared(_ callers: [AccountBook.DeclaredCaller]) {
    declared = callers
    rebuild()
  }

  mutating func replaceStored(_ keys: [AccessKey]) {
    stored = keys
    rebuild()
  }

  private mutating func rebuild() {
    let used = entries.mapValues(\.lastUsed)
    entries = [:]
    for key in stored {
      var entry = Entry(
        caller: key.caller, expires: key.expires, isRevoked: key.revoked != nil, isStored: true)
      entry.lastUsed = used[key.digest] ?? nil
      entries[key.digest] = entry
      guard let old = key.old else { continue }
      entry.expires = min(old.until, key.expires ?? old.until)
      entry.lastUsed = used[old.digest] ?? nil
      entries[old.digest] = entry
    }
    for key in declared { entries[key.digest] = Entry(caller: key.caller) }
  }

  /// Whose key has this digest. How long the look-up takes tells about digests, which lead to no key.
  mutating func caller(_ digest: Digest, at time: UTC) -> Result<Caller, KeyRefusal> {
    guard let entry = entries[digest] else { return .failure(.unknown) }
    if entry.isRevoked { return .failure(.revoked) }
    if let expires = entry.expires, expires <= time { return .failure(.expired) }
    if entry.isStored { entries[digest]?.lastUsed = time }
    return .success(entry.caller)
  }

  /// When stored keys were used since this was last asked.
  mutating func takeLastUsed() -> [String: UTC] {
    var used: [String: UTC] = [:]
    for (digest, entry) in entries {
      guard let time = entry.lastUsed, let id = entry.caller.id else { continue }
      used[id] = max(used[id] ?? time, time)
      entries[digest]?.lastUsed = nil
    }
    return used
  }
}
