extension FleetReader {
  /// The gateway's keys: places of secrets, which allow everything, and keys with a name and what they
  /// allow.
  func keys(_ value: Value?) -> (plain: [SecretReference], named: [DeclaredKey]) {
    var plain: [SecretReference] = []
    var named: [DeclaredKey] = []
    var names = Namespace("key")
    for value in list(value, of: "keys") {
      if Self.isNamed(value) {
        if let key = namedKey(value, names: &names) { named.append(key) }
      } else if let secret = secret(value) {
        plain.append(secret)
      }
    }
    return (plain, named)
  }

  private static func isNamed(_ value: Value) -> Bool {
    guard case .mapping(let entries) = value.node.content else { return false }
    return !entries.contains { $0.key == "env" || $0.key == "file" }
  }

  private func namedKey(_ value: Value, names: inout Namespace) -> DeclaredKey? {
    value.fields("a key") { fields in
      let name = names.declare(fields.required("name", example: "name: app-1"))
      let secret = fields.required("key", example: "key: {env: APP_1_KEY}").flatMap {
        self.secret($0)
      }
      let scopes = list(fields.optional("scopes"), of: "scopes").compactMap {
        $0.word("a scope", as: KeyScope.self)
      }
      let models = fields.optional("models").map { value in
        list(value, of: "models").compactMap { $0.text("a model's name", example: "llama-3.1-8b") }
      }
      let limits = rules(
        fields.optional("limits"), "a limit", example: "60 requests/minute"
      ) { RateLimit($0) }
      let budgets = rules(
        fields.optional("budgets"), "a budget in US dollars", example: "5/day"
      ) { Budget($0) }
      let highest = fields.optional("priority").flatMap { priority($0) }
      guard let name, let secret else { return nil }
      return DeclaredKey(
        name: name, secret: secret,
        grant: KeyGrant(
          scopes: fields.has("scopes") ? Set(scopes) : [.inference], models: models.map { Set($0) },
          limits: limits, budgets: budgets, maxPriority: highest ?? .standard))
    }
  }

  private func rules<Rule>(
    _ value: Value?, _ what: String, example: String, _ read: (String) -> Rule?
  ) -> [Rule] {
    list(value, of: "rules").compactMap { value in
      guard let text = value.text(what, example: example) else { return nil }
      if let rule = read(text) { return rule }
      value.problem("`\(shortened(text))` is not \(what)", cure: "Write it as in `\(example)`.")
      return nil
    }
  }

  private func priority(_ value: Value) -> Priority? {
    guard let text = value.text("a priority", example: "priority: flex") else { return nil }
    if let priority = Priority.allCases.first(where: { $0.serviceTier == text }) { return priority }
    value.problem(
      "`\(shortened(text))` is not a priority", cure: "Write `flex`, `default` or `priority`.")
    return nil
  }

  /// `{input:, output:, cachedInput:, cacheWrite:, perRequest:}`.
  func prices(_ value: Value) -> TokenPrices? {
    value.fields("prices") { fields in
      func dollars(_ key: String) -> Double? {
        fields.optional(key)?.number(
          "a price in US dollars", in: 0...1e6, example: "\(key): 0.60")
      }
      _ = fields.required("input", example: "input: 0.60")
      _ = fields.required("output", example: "output: 2.40")
      let (input, output) = (dollars("input"), dollars("output"))
      let (cached, written) = (dollars("cachedInput"), dollars("cacheWrite"))
      let perRequest = dollars("perRequest")
      guard let input, let output else { return nil }
      return TokenPrices(
        input: input, output: output, cachedInput: cached, cacheWrite: written,
        perRequest: perRequest ?? 0)
    }
  }
}
