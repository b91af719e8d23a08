import Orbits

/// What the cache knows of a file: the JSON beside it.
public struct CacheRecord: Codable, Hashable, Sendable {
  /// The address that the file came from.
  public var source: String
  /// When the content was downloaded; `nil` where no download has succeeded.
  public var fetched: Instant?
  /// When the publisher last said that the content is current.
  public var checked: Instant?
  /// The publisher is not asked again before this.
  public var notBefore: Instant?
  /// What went wrong the last time, where something did.
  public var failure: String?
  /// The publisher's tag of the content, for asking whether it has changed.
  public var etag: String?
  /// The publisher's date of the content, for the same.
  public var lastModified: String?
  /// The digest of the content.
  public var sha256: String?
  /// The size of the content.
  public var bytes: Int?
  /// How many element sets are in it.
  public var elementSets: Int?

  /// A record of nothing yet.
  init(source: String) { self.source = source }

  /// An instant, in JSON as ISO 8601.
  public struct Instant: Codable, Hashable, Sendable {
    /// The instant.
    public var utc: UTC

    init(_ utc: UTC) { self.utc = utc }

    /// Reads ISO 8601.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      guard let utc = UTC(text) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\(text) is no instant")
      }
      self.utc = utc
    }

    /// Writes ISO 8601.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(utc.description)
    }
  }
}
