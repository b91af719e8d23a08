import Network

extension FleetReader {
  /// A geostationary uplink of a site that stays, to be checked for a clear view.
  struct GeostationaryLeg {
    var value: Value
    var site: Site
    var longitudeDeg: Double
    var teleport: String
  }

  /// An uplink over a constellation, to be checked for somewhere to land.
  struct Landing {
    var value: Value
    var constellation: String
  }

  /// The kinds of uplinks, by their names in manifests.
  private enum Kind: String, CaseIterable { case leo, geo, fiber, cellular }

  /// Route length over great circle where the manifest says nothing.
  private static let defaultStretch = 1.5

  mutating func uplink(
    _ value: Value, names: inout Namespace, site: String?, track: Track?
  ) -> Uplink? {
    value.fields("an uplink") { fields in
      let nameValue = fields.required("name", example: "name: starlink")
      let name = names.declare(nameValue)
      if name == "local" {
        nameValue?.problem(
          "`local` is the way to backends on the site itself", cure: "Give the uplink another name."
        )
      }
      let kind = fields.required("kind", example: "kind: leo")?
        .word("a kind of uplink", as: Kind.self)
      if let kind { fields.what = "a \(kind.rawValue) uplink" }
      let medium = kind.flatMap { self.medium($0, of: fields) }
      if kind == nil {
        for key in ["constellation", "longitude", "teleport", "landsAt", "stretch"] {
          _ = fields.has(key)
        }
      }
      if case .geo(let longitude, let teleport)? = medium, let site, let track {
        geostationaryLegs.append(
          GeostationaryLeg(
            value: value, site: Site(name: site, kind: .terminal, track: track),
            longitudeDeg: longitude, teleport: teleport))
      }
      let up = bandwidth("up", of: fields, example: "up: 20 Mbit/s")
      let down = bandwidth("down", of: fields, example: "down: 200 Mbit/s")
      let price = fields.optional("pricePerGB").flatMap(self.price)
      let behaviour = link(fields.optional("link"), medium: medium)
      let access = self.access(
        fields.optional("access"),
        usual: behaviour.map(AccessModel.init(expectedOf:)) ?? medium.map(AccessModel.typical))
      let emulate = fields.optional("emulate").flatMap { $0.bool() }
      let source = fields.optional("sourceAddress").flatMap(sourceAddress)
      let dish = fields.optional("dish").flatMap {
        self.dish($0, medium: medium, isEmulated: emulate ?? true)
      }
      let places = fields.optional("places").flatMap {
        $0.integer(
          "a number of requests under way at a time", in: 1...100_000, example: "places: 32")
      }
      guard let name, let medium, let up, let down else { return nil }
      return Uplink(
        name: name, medium: medium, up: up, down: down, pricePerGB: price ?? 0, access: access,
        link: access.flatMap { behaviour?.adjusted(to: $0) } ?? behaviour,
        emulated: emulate ?? true, sourceAddress: source, dish: dish, places: places)
    }
  }

  private mutating func medium(_ kind: Kind, of fields: Fields) -> Uplink.Medium? {
    switch kind {
    case .leo:
      let value = fields.required("constellation", example: "constellation: starlink")
      guard let value, let name = reference(value, to: .constellation) else { return nil }
      landings.append(Landing(value: value, constellation: name))
      return .leo(constellation: name)
    case .geo:
      let longitude = fields.required("longitude", example: "longitude: -15 deg")?
        .quantity(.angle, in: -180...180, example: "longitude: -15 deg")
      let teleport = reference(
        fields.required("teleport", example: "teleport: fucino"), to: .landingSite)
      guard let longitude, let teleport else { return nil }
      return .geo(longitudeDeg: longitude, teleport: teleport)
    case .fiber, .cellular:
      let site = reference(
        fields.required("landsAt", example: "landsAt: frankfurt"), to: .landingSite)
      let stretch = stretch(fields.optional("stretch"))
      guard let site, let stretch else { return nil }
      return kind == .fiber
        ? .fiber(landsAt: site, stretch: stretch) : .cellular(landsAt: site, stretch: stretch)
    }
  }

  private func bandwidth(_ key: String, of fields: Fields, example: String) -> Bandwidth? {
    fields.required(key, example: example)?
      .quantity(.bandwidth, in: 100...1e12, example: example)
      .map(Bandwidth.init(bitsPerSecond:))
  }

  private func price(_ value: Value) -> Double? {
    value.number("a price in US dollars", in: 0...1e6, example: "pricePerGB: 0.25")
  }

  private func access(_ value: Value?, usual: AccessModel?) -> AccessModel? {
    guard let value else { return nil }
    return value.fields("an access model") { fields in
      var model = usual ?? AccessModel(delayMs: 0, jitterMs: 0, loss: 0)
      if let delay = fields.optional("delay").flatMap(milliseconds) { model.delayMs = delay }
      if let jitter = fields.optional("jitter").flatMap(milliseconds) { model.jitterMs = jitter }
      if let loss = fields.optional("loss").flatMap(probability) { model.loss = loss }
      return model
    }
  }

  private func milliseconds(_ value: Value) -> Double? {
    value.quantity(.duration, in: 0...10, example: "delay: 10ms").map { $0 * 1_000 }
  }

  private func probability(_ value: Value) -> Double? {
    value.number("a probability", in: 0...0.9, example: "loss: 0.01")
  }

  private func sourceAddress(_ value: Value) -> String? {
    guard let text = value.text("an IP address", example: "sourceAddress: 192.168.1.2") else {
      return nil
    }
    if HostName.isIPv4(text) || HostName.isIPv6(text) { return text }
    value.problem(
      "`\(shortened(text))` is not an IP address",
      cure: "Write the address of the interface the uplink hangs on, as in `192.168.1.2`.")
    return nil
  }

  /// Route length over great circle.
  func stretch(_ value: Value?) -> Double? {
    guard let value else { return Self.defaultStretch }
    return value.number(
      "a stretch, route length over great circle", in: 1...20, example: "stretch: 1.5")
  }

  mutating func fibers(_ value: Value?) -> [Fiber] {
    var seen: [Set<String>: Place] = [:]
    return list(value, of: "fibers").compactMap { value in
      value.fields("a fiber") { fields in
        let from = reference(fields.required("from", example: "from: lagos"), to: .landingSite)
        let to = reference(fields.required("to", example: "to: frankfurt"), to: .landingSite)
        let stretch = stretch(fields.optional("stretch"))
        guard let from, let to, let stretch else { return nil }
        if from == to {
          value.problem("a fiber from `\(from)` to itself", cure: "Name another site at one end.")
        }
        if let place = seen.updateValue(value.node.place, forKey: [from, to]) {
          value.problem(
            "`\(from)` and `\(to)` are already connected on line \(place.line)",
            cure: "Keep one of the two: a fiber carries both ways.")
        }
        return Fiber(from: from, to: to, stretch: stretch)
      }
    }
  }
}
