/// A request that is over, as it is kept for people to ask about.
public struct KeptRequest: Sendable, Equatable {
  /// Its place among all requests of this node, in the order in which they ended.
  public var sequence: Int64
  /// The request's id.
  public var id: String
  /// One JSON object: its row in a list.
  public var summary: String
  /// One JSON object: what was considered, decided and tried.
  public var explanation: String

  /// Creates a request to be kept.
  public init(sequence: Int64, id: String, summary: String, explanation: String) {
    self.sequence = sequence
    self.id = id
    self.summary = summary
    self.explanation = explanation
  }
}
