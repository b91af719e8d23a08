import Dialects

/// Something that answers inference requests.
public struct Backend: Sendable, Equatable {
  /// Where a backend runs.
  public enum Location: Sendable, Hashable {
    /// At a site, by name.
    case site(String)
    /// On the satellites of an orbital zone, by name.
    case zone(String)

    /// The name of the site or zone; the destination of the forecasts towards the backend.
    public var name: String {
      switch self {
      case .site(let name), .zone(let name): name
      }
    }
  }

  /// What answers.
  public enum Source: Sendable, Equatable {
    /// An OpenAI-compatible server that somebody else runs.
    case url(BackendURL)
    /// A model that the node starts, watches and stops.
    case managed(ManagedModel)
  }

  /// The name that headers, metrics and the manifest use; unique in a fleet.
  public var name: String
  /// Where it runs.
  public var location: Location
  /// What answers.
  public var source: Source
  /// The models it serves.
  public var models: [ServedModel]
  /// The families of API that it speaks; requests of others are translated to the first.
  public var apis: [Family]
  /// The key the node presents to it, as a bearer token or as Anthropic's `x-api-key`; `nil` where it asks
  /// for none.
  public var key: SecretReference?
  /// How its health is checked.
  public var health: HealthCheckPolicy
  /// US dollars for each million tokens, prompt and completion alike; `nil` where unknown or free.
  public var pricePerMillionTokens: Double?
  /// Whether it goes on with an answer that broke.
  public var resume: Resumption
  /// How many requests it serves at once, where the manifest says; see ``placesInEffect``.
  public var places: Int?

  /// What a backend speaks where the manifest says nothing: what almost every model server does.
  public static let usualAPIs: [Family] = [.chat, .completions]

  /// Whether it can be asked to count a stream of chat (`stream_options.include_usage`).
  public var streamUsage = true

  /// US dollars for prompts and answers apart; `nil` where only ``pricePerMillionTokens`` may be known.
  public var prices: TokenPrices?

  /// What its models cost; a model's own prices go before the backend's.
  public var modelPrices: ModelPrices {
    ModelPrices(
      usual: prices ?? pricePerMillionTokens.map { TokenPrices(input: $0, output: $0) },
      byModel: Dictionary(
        models.compactMap { model in model.prices.map { (model.name, $0) } },
        uniquingKeysWith: { first, _ in first }))
  }

  /// Creates a backend. Where nothing is said, a managed model goes on with answers that broke, and a
  /// server behind a URL does not.
  public init(
    name: String, location: Location, source: Source, models: [ServedModel],
    apis: [Family] = Backend.usualAPIs,
    key: SecretReference? = nil, health: HealthCheckPolicy = HealthCheckPolicy(),
    pricePerMillionTokens: Double? = nil, resume: Resumption? = nil, places: Int? = nil
  ) {
    self.name = name
    self.location = location
    self.source = source
    self.models = models
    self.apis = apis
    self.key = key
    self.health = health
    self.pricePerMillionTokens = pricePerMillionTokens
    self.resume =
      resume
      ?? {
        if case .managed = source { .prefill } else { .no }
      }()
    self.places = places
  }

  /// How many requests it serves at once: what the manifest says, else what a managed model's server is run
  /// with; `nil` for a server of somebody else that the manifest says nothing of.
  public var placesInEffect: Int? {
    if let places { return places }
    if case .managed = source { return ManagedModel.places }
    return nil
  }
}

/// A model that a backend serves, under the name clients use.
public struct ServedModel: Sendable, Hashable {
  /// The name clients ask for.
  public var name: String
  /// The name the backend knows it by.
  public var upstreamName: String
  /// What it costs; `nil` where the backend's prices hold.
  public var prices: TokenPrices?

  /// Creates a model; the backend's name for it defaults to the clients'.
  public init(name: String, upstreamName: String? = nil, prices: TokenPrices? = nil) {
    self.name = name
    self.prices = prices
    self.upstreamName = upstreamName ?? name
  }
}

/// A model server that the node itself runs.
public struct ManagedModel: Sendable, Equatable {
  /// The model's name in the node's catalogue, such as `smollm2-135m-instruct`.
  public var model: String
  /// Tokens of context, prompt and completion together.
  public var contextTokens: Int
  /// Whether the server answers embedding requests too.
  public var embeddings: Bool

  /// How many requests its server serves at once.
  public static let places = 1
  /// Context where the manifest says nothing, tokens.
  public static let defaultContextTokens = 4096

  /// Creates a managed model.
  public init(
    model: String, contextTokens: Int = ManagedModel.defaultContextTokens,
    embeddings: Bool = true
  ) {
    self.model = model
    self.contextTokens = contextTokens
    self.embeddings = embeddings
  }
}
