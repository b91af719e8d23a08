extension FleetReader {
  mutating func gateway(_ value: Value) -> GatewaySettings? {
    value.fields("the gateway") { fields in
      let site = reference(fields.required("site", example: "site: island-1"), to: .terminal)
      let listen = fields.optional("listen").flatMap(listen)
      let keys = self.keys(fields.optional("keys"))
      let tls = fields.optional("tls").flatMap(tls)
      let trust = list(fields.optional("trust"), of: "trust").compactMap {
        $0.text("a path", example: "trust: [tls/authority.pem]")
      }
      let preference = fields.optional("prefer")?.word("a preference", as: Preference.self)
      let hedging = fields.optional("hedging").flatMap(hedging)
      let queue = fields.optional("queue").flatMap(queue)
      let history = fields.optional("history")?.integer(
        "a number of requests", in: 0...1_000_000, example: "history: 10000")
      let telemetry = fields.optional("telemetry").flatMap(telemetry)
      let drain = fields.optional("drain").flatMap(drain)
      guard let site else { return nil }
      var settings = GatewaySettings(
        site: site, listenHost: listen?.host ?? GatewaySettings.defaultHost,
        listenPort: listen?.port ?? GatewaySettings.defaultPort, keys: keys.plain,
        namedKeys: keys.named, tls: tls, trust: trust,
        preference: preference ?? .balanced, hedging: hedging ?? HedgingSettings())
      settings.queue = queue ?? QueueSettings()
      settings.history = history ?? GatewaySettings.defaultHistory
      settings.telemetry = telemetry
      settings.drain = drain ?? DrainSettings()
      return settings
    }
  }

  /// `HOST:PORT`.
  private func listen(_ value: Value) -> (host: String, port: Int)? {
    let example = "127.0.0.1:8080"
    guard let text = value.text("an address and a port", example: "listen: \(example)") else {
      return nil
    }
    if let (host, port) = HostName.split(text[...]), let port { return (host, port) }
    value.problem(
      "`\(shortened(text))` is not an address and a port",
      cure: "Write HOST:PORT, as in `\(example)`; an IPv6 address in brackets.")
    return nil
  }

  private func tls(_ value: Value) -> GatewaySettings.TLSFiles? {
    value.fields("tls") { fields in
      let certificate = fields.required("certificate", example: "certificate: tls/chain.pem")?
        .text("a path", example: "certificate: tls/chain.pem")
      let key = fields.required("privateKey", example: "privateKey: tls/key.pem")?
        .text("a path", example: "privateKey: tls/key.pem")
      guard let certificate, let key else { return nil }
      return GatewaySettings.TLSFiles(certificatePath: certificate, privateKeyPath: key)
    }
  }

  /// `{env: NAME}` or `{file: PATH}`. What stands here instead may be a secret: it is never repeated.
  func secret(_ value: Value) -> SecretReference? {
    guard case .mapping = value.node.content else {
      value.problem(
        "a secret does not belong into a manifest",
        cure: "Say where it is: `{env: PERIGEE_KEY}` or `{file: secrets/key}`.")
      return nil
    }
    return value.fields("a secret") { fields in
      let key = fields.exactlyOne(of: ["env", "file"], example: "env: PERIGEE_KEY")
      switch key {
      case "env": return fields.optional("env").flatMap(environmentVariable)
      case "file":
        return fields.optional("file")?.text("a path", example: "file: secrets/key")
          .map(SecretReference.file)
      default: return nil
      }
    }
  }

  private func environmentVariable(_ value: Value) -> SecretReference? {
    guard case .scalar(let name, _) = value.node.content,
      name.utf8.first.map({ !(48...57).contains($0) }) ?? false,
      name.utf8.allSatisfy({
        (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 95
      })
    else {
      value.problem(
        "this is not the name of an environment variable",
        cure: "Write the variable's name, not its value, as in `env: PERIGEE_KEY`.")
      return nil
    }
    return .environment(name)
  }
}
