/// The members of a JSON object that is being read: checked for their types as they are taken, and
/// what nobody has taken is left over.
struct RequestFields {
  private let object: JSONObject
  /// Where the object stands in the request, such as `messages[2].`; empty for the request itself.
  private let place: String
  private var taken: Set<String> = []

  init(_ object: JSONObject, at place: String = "") {
    self.object = object
    self.place = place
  }

  /// Reads `value` as an object that stands at `place`.
  init(_ value: JSONValue, at place: String) throws(Untranslatable) {
    guard let object = value.object else { throw Untranslatable(place, "It must be an object.") }
    self.init(object, at: place + ".")
  }

  /// The place of a member, for errors.
  func place(of key: String) -> String { place + key }

  /// A member; `nil` where it is absent or `null`.
  mutating func take(_ key: String) -> JSONValue? {
    taken.insert(key)
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  mutating func text(_ key: String) throws(Untranslatable) -> String? {
    try typed(key, "a string") { $0.text }
  }

  mutating func integer(_ key: String) throws(Untranslatable) -> Int? {
    try typed(key, "a whole number") { $0.integer }
  }

  mutating func bool(_ key: String) throws(Untranslatable) -> Bool? {
    try typed(key, "true or false") { $0.bool }
  }

  mutating func array(_ key: String) throws(Untranslatable) -> [JSONValue]? {
    try typed(key, "an array") { $0.array }
  }

  mutating func object(_ key: String) throws(Untranslatable) -> RequestFields? {
    let object = try typed(key, "an object") { $0.object }
    return object.map { RequestFields($0, at: place(of: key) + ".") }
  }

  mutating func number(_ key: String) throws(Untranslatable) -> JSONValue? {
    try typed(key, "a number") { if case .number = $0 { $0 } else { nil } }
  }

  /// A string that has to be there.
  mutating func requiredText(_ key: String) throws(Untranslatable) -> String {
    guard let text = try text(key) else { throw missing(key) }
    return text
  }

  /// An array that has to be there.
  mutating func requiredArray(_ key: String) throws(Untranslatable) -> [JSONValue] {
    guard let elements = try array(key) else { throw missing(key) }
    return elements
  }

  /// A value that has to be there.
  mutating func required(_ key: String) throws(Untranslatable) -> JSONValue {
    guard let value = take(key) else { throw missing(key) }
    return value
  }

  private func missing(_ key: String) -> Untranslatable {
    Untranslatable(place(of: key), "It is missing.")
  }

  private mutating func typed<Value>(
    _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(Untranslatable) -> Value? {
    guard let value = take(key) else { return nil }
    guard let result = read(value) else {
      throw Untranslatable(place(of: key), "It must be \(expected).")
    }
    return result
  }

  /// Refuses a member that is there and not one of the values that mean nothing.
  mutating func refuse(
    _ key: String, unless harmless: [JSONValue] = [], _ message: String
  ) throws(Untranslatable) {
    guard let value = take(key), !harmless.contains(value) else { return }
    throw Untranslatable(place(of: key), message)
  }

  /// What nobody has taken.
  var rest: [JSONObject.Member] {
    object.members.filter { !taken.contains($0.key) }
  }
}

extension Conversation {
  /// Sorts what a reader has left over: documented by its family, or known to none.
  mutating func keep(_ rest: [JSONObject.Member], documented: Set<String>) {
    for member in rest {
      if documented.contains(member.key) {
        if !member.value.isNull { hints.members.append(member) }
      } else {
        extra.members.append(member)
      }
    }
  }

  /// Adds to a request what is left over: the hints that its family has too, and all that is unknown.
  ///
  /// - Returns: The names of the hints that could not be taken over.
  func addRest(to request: inout JSONObject, accepting names: Set<String>) -> [String] {
    var left: [String] = []
    for member in hints.members {
      if names.contains(member.key) {
        request.members.append(member)
      } else {
        left.append(member.key)
      }
    }
    request.members += extra.members.filter { request[$0.key] == nil }
    return dropped + left
  }

  /// The names that mean the same in chat completions and in responses.
  static let sharedHints: Set<String> = [
    "metadata", "moderation", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "safety_identifier", "service_tier", "verbosity",
  ]
}

/// A request in a backend's words.
public struct TranslatedRequest: Sendable, Equatable {
  /// The body.
  public var body: JSONObject
  /// The names of fields that the backend's family does not have, and that were left out since they do
  /// not change what is asked.
  public var dropped: [String]

  /// Creates a translated request.
  public init(body: JSONObject, dropped: [String]) {
    self.body = body
    self.dropped = dropped
  }
}
