import Network

extension FleetReader {
  /// `dish: emulated`, `dish: HOST` or `dish: HOST:PORT`; or a mapping with one of these as `terminal`.
  ///
  /// - Parameter isEmulated: Whether the node stands in for the link: the terminal of an emulated link
  ///   can't be a real one, nor the other way round.
  func dish(_ value: Value, medium: Uplink.Medium?, isEmulated: Bool) -> DishSettings? {
    if let medium, medium.kindName != "leo" {
      value.problem(
        "a \(medium.kindName) uplink has no dish that can be asked",
        cure: "Delete the key: only uplinks of kind `leo` have one.")
      return nil
    }
    guard case .mapping = value.node.content else {
      return terminal(value, isEmulated: isEmulated).map { DishSettings($0) }
    }
    return value.fields("a dish") { fields in
      let terminal = fields.required("terminal", example: "terminal: emulated").flatMap {
        self.terminal($0, isEmulated: isEmulated)
      }
      let port = fields.optional("port")
      let location = fields.optional("tellLocation")
      let legacy = fields.optional("legacyMetrics").flatMap { $0.bool() } ?? false
      guard var terminal else { return nil }
      if case .emulated = terminal {
        terminal = .emulated(
          port: port?.integer("a port", in: 1...65_535, example: "port: 9200"))
      } else {
        for value in [port, location].compactMap(\.self) {
          value.problem(
            "this is for emulated terminals only",
            cure: "Delete the key; a real terminal's port goes behind its host, as in "
              + "`terminal: 192.168.100.1:9200`.")
        }
      }
      return DishSettings(
        terminal, tellsLocation: location.flatMap { $0.bool() } ?? false, hasLegacyMetrics: legacy)
    }
  }

  private func terminal(_ value: Value, isEmulated: Bool) -> DishSettings.Terminal? {
    let example = "terminal: \(DishSettings.standardHost)"
    guard let text = value.text("`emulated` or a terminal's address", example: example) else {
      return nil
    }
    if text == "emulated" {
      if !isEmulated {
        value.problem(
          "the link is real, and so is its terminal",
          cure: "Write the terminal's address, as in `\(DishSettings.standardHost)`.")
      }
      return .emulated(port: nil)
    }
    guard let (host, port) = HostName.split(text[...]), port != 0 else {
      value.problem(
        "`\(shortened(text))` is neither `emulated` nor a terminal's address",
        cure: "Write `emulated`, or HOST or HOST:PORT, as in `\(DishSettings.standardHost)`.")
      return nil
    }
    if isEmulated {
      value.problem(
        "the link is emulated, and so is its terminal",
        cure: "Write `dish: emulated`, or `emulate: false` where the link is real.")
    }
    return .real(host: host, port: port ?? DishSettings.standardPort)
  }
}
