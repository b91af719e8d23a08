import Dialects

extension FleetReader {
  mutating func backend(_ value: Value) -> Backend? {
    value.fields("a backend") { fields in
      let name = backendNames.declare(fields.required("name", example: "name: island"))
      let location = location(of: fields)
      let source = source(of: fields)
      var served: [ServedModel]?
      var key: SecretReference?
      var families: [Family]? = Backend.usualAPIs
      switch source {
      case .managed(let managed)?:
        fields.what = "a managed backend"
        served =
          fields.has("models")
          ? models(fields.optional("models")) : [ServedModel(name: managed.model)]
      case .url?:
        served = models(fields.required("models", example: "models: [llama-3.1-8b]"))
        key = fields.optional("key").flatMap { secret($0) }
        if let value = fields.optional("api") { families = apis(value) }
      case nil:
        _ = fields.optional("models").flatMap { models($0) }
        _ = fields.optional("key").flatMap { secret($0) }
        _ = fields.optional("api").flatMap { apis($0) }
      }
      let health = health(fields.optional("health"), source: source)
      let price = fields.optional("pricePerMillionTokens").flatMap {
        $0.number("a price in US dollars", in: 0...1e6, example: "pricePerMillionTokens: 0.60")
      }
      let prices = fields.optional("prices").flatMap { self.prices($0) }
      let resume = fields.optional("resume").flatMap { resumption($0, families, source) }
      let places = fields.optional("places").flatMap {
        $0.integer("a number of requests served at once", in: 1...100_000, example: "places: 16")
      }
      let streamUsage = fields.optional("streamUsage").flatMap { $0.bool() }
      guard let name, let location, let source, let served, let families else { return nil }
      var backend = Backend(
        name: name, location: location, source: source, models: served, apis: families, key: key,
        health: health, pricePerMillionTokens: price, resume: resume, places: places)
      backend.prices = prices
      backend.streamUsage = streamUsage ?? true
      return backend
    }
  }

  /// Only what speaks responses can keep them, and a managed model keeps none.
  private func resumption(
    _ value: Value, _ families: [Family]?, _ source: Backend.Source?
  ) -> Resumption? {
    guard let way = value.word("a way to go on with a broken answer", as: Resumption.self) else {
      return nil
    }
    guard way == .background else { return way }
    if case .managed? = source {
      value.problem(
        "a managed model keeps no responses", cure: "Write `resume: prefill`, or nothing.")
      return nil
    }
    if families?.contains(.responses) == false {
      value.problem(
        "a backend that keeps responses must speak them",
        cure: "Add them to its API, as in `api: [chat, responses]`.")
      return nil
    }
    return way
  }

  /// One family of API, or a list of them. Nothing can be translated to older completions.
  private func apis(_ value: Value) -> [Family]? {
    let what = "a family of APIs"
    var values = [value]
    if case .sequence = value.node.content { values = value.list("families of APIs") ?? [] }
    let families = values.compactMap { $0.word(what, as: Family.self) }
    guard families.count == values.count else { return nil }
    guard let first = families.first, first != .completions else {
      value.problem(
        families.isEmpty
          ? "the backend speaks no family of APIs"
          : "requests of other families cannot be translated to older completions",
        cure: "Name `chat`, `responses` or `messages` first, as in `[chat, completions]`.")
      return nil
    }
    return families
  }

  private mutating func location(of fields: Fields) -> Backend.Location? {
    switch fields.exactlyOne(of: ["site", "zone"], example: "site: island-1") {
    case "site": reference(fields.optional("site"), to: .site).map(Backend.Location.site)
    case "zone": reference(fields.optional("zone"), to: .zone).map(Backend.Location.zone)
    default: nil
    }
  }

  private func source(of fields: Fields) -> Backend.Source? {
    let example = "url: https://api.example.com/v1"
    switch fields.exactlyOne(of: ["url", "managed"], example: example) {
    case "url": return fields.optional("url").flatMap(url).map(Backend.Source.url)
    case "managed": return fields.optional("managed").flatMap(managed).map(Backend.Source.managed)
    default: return nil
    }
  }

  private func managed(_ value: Value) -> ManagedModel? {
    value.fields("a managed model") { fields in
      let model = fields.required("model", example: "model: smollm2-135m-instruct")?
        .name("the model's name")
      let context = fields.optional("contextTokens").flatMap {
        $0.integer("a number of tokens", in: 128...1_048_576, example: "contextTokens: 4096")
      }
      let embeddings = fields.optional("embeddings").flatMap { $0.bool() }
      guard let model else { return nil }
      return ManagedModel(
        model: model, contextTokens: context ?? ManagedModel.defaultContextTokens,
        embeddings: embeddings ?? true)
    }
  }

  private func url(_ value: Value) -> BackendURL? {
    let example = "https://api.example.com/v1"
    guard let text = value.text("a URL", example: example) else { return nil }
    switch BackendURL.parse(text) {
    case .success(let url): return url
    case .failure(let mistake):
      // The text is not repeated: a URL may carry a password.
      value.problem(mistake.message, cure: "Write scheme, host and base path, as in `\(example)`.")
      return nil
    }
  }

  private func models(_ value: Value?) -> [ServedModel]? {
    guard let value, let values = value.list("models") else { return nil }
    if values.isEmpty {
      value.problem("the backend serves no model", cure: "Name one, as in `[llama-3.1-8b]`.")
    }
    var places: [String: Place] = [:]
    return values.compactMap { value in
      guard let model = model(value) else { return nil }
      if let place = places.updateValue(value.node.place, forKey: model.name) {
        value.problem(
          "the model `\(shortened(model.name))` is already named on line \(place.line)",
          cure: "Keep one of the two.")
      }
      return model
    }
  }

  /// A model's name alone, or `{name:, upstreamName:}` where the backend calls it otherwise.
  private func model(_ value: Value) -> ServedModel? {
    if case .mapping = value.node.content {
      return value.fields("a model") { fields in
        let name = fields.required("name", example: "name: llama-3.1-8b").flatMap(modelName)
        let upstream = fields.optional("upstreamName").flatMap(modelName)
        let prices = fields.optional("prices").flatMap { self.prices($0) }
        return name.map { ServedModel(name: $0, upstreamName: upstream, prices: prices) }
      }
    }
    return modelName(value).map { ServedModel(name: $0) }
  }

  /// Model names are the provider's: `org/model:tag` and the like.
  private func modelName(_ value: Value) -> String? {
    guard let name = value.text("a model's name", example: "llama-3.1-8b") else { return nil }
    if name.utf8.count <= 200, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return name }
    value.problem(
      "`\(shortened(name))` cannot be a model's name",
      cure: "Write up to 200 printable ASCII characters without spaces.")
    return nil
  }
}
