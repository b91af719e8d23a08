import Foundation
import GRDB
import Orbits

/// Many requests that were handed in together and are answered within a window, when it suits.
public struct Batch: Sendable, Equatable {
  /// Whose API it was handed in by.
  public enum Family: String, Sendable {
    /// A file of lines, answered by files of lines.
    case openAI = "openai"
    /// Requests in one body, answered by a stream of lines.
    case anthropic
  }

  /// Where it stands.
  public enum Phase: String, Sendable {
    /// Its lines are being read.
    case validating
    /// Its items are being answered.
    case inProgress = "in_progress"
    /// Its items are over, its files being written.
    case finalizing
    /// Its items under way are being ended.
    case cancelling
    /// Over: every item has an answer.
    case completed
    /// Over: its lines could not be used.
    case failed
    /// Over: not every item was answered in time.
    case expired
    /// Over: it was cancelled.
    case cancelled

    /// Whether nothing more will happen to it.
    public var isOver: Bool {
      switch self {
      case .completed, .failed, .expired, .cancelled: true
      default: false
      }
    }
  }

  /// What is wrong with one of its lines.
  public struct Flaw: Sendable, Equatable, Codable {
    /// A word for a program.
    public var code: String
    /// Words for a person.
    public var message: String
    /// The field.
    public var param: String?
    /// The line, from 1.
    public var line: Int?

    /// Creates a flaw.
    public init(code: String, message: String, param: String? = nil, line: Int? = nil) {
      self.code = code
      self.message = message
      self.param = param
      self.line = line
    }
  }

  /// How many of its items stand where.
  public struct Counts: Sendable, Equatable {
    /// All of them.
    public var total = 0
    /// Those with a good answer.
    public var succeeded = 0
    /// Those with an error for an answer.
    public var failed = 0
    /// Those that were cancelled before.
    public var cancelled = 0
    /// Those that were not answered in time.
    public var expired = 0

    /// No items.
    public init() {}

    /// Those that are not over.
    public var open: Int { total - succeeded - failed - cancelled - expired }
  }

  /// Its id.
  public var id: String
  /// The caller it belongs to; empty where there are no keys.
  public var owner: String
  /// Whose API it was handed in by.
  public var family: Family
  /// The API's path that its items ask for.
  public var endpoint: String
  /// The file with its lines; empty where they came in the body.
  public var input: String
  /// The window in which it is to be answered, as the client wrote it.
  public var window: String
  /// What the client notes of it: a JSON object.
  public var metadata: String
  /// Where it stands.
  public var phase: Phase
  /// What is wrong with its lines.
  public var flaws: [Flaw] = []
  /// The file with its good answers, once it is there.
  public var output: String?
  /// The file with its errors, once it is there.
  public var errorOutput: String?
  /// When it was handed in.
  public var created: UTC
  /// When its window ends.
  public var expires: UTC
  /// When its items began.
  public var begun: UTC?
  /// When its files began to be written.
  public var finalizing: UTC?
  /// When it was asked to be cancelled.
  public var cancelling: UTC?
  /// When it was over.
  public var ended: UTC?

  /// Creates a batch that has just been handed in.
  public init(
    id: String, owner: String, family: Family, endpoint: String, input: String = "",
    window: String = "24h", metadata: String = "null", phase: Phase = .validating, created: UTC,
    expires: UTC
  ) {
    self.id = id
    self.owner = owner
    self.family = family
    self.endpoint = endpoint
    self.input = input
    self.window = window
    self.metadata = metadata
    self.phase = phase
    self.created = created
    self.expires = expires
  }

  /// Its lines have been read: it goes on, or fails for what is wrong with them.
  public mutating func validated(flaws: [Flaw], at now: UTC) -> Bool {
    guard phase == .validating else { return false }
    self.flaws = flaws
    if flaws.isEmpty {
      phase = .inProgress
      begun = now
    } else {
      phase = .failed
      ended = now
    }
    return true
  }

  /// Asked to be cancelled. False if it is too late.
  public mutating func cancel(at now: UTC) -> Bool {
    guard phase == .validating || phase == .inProgress else { return false }
    phase = .cancelling
    cancelling = now
    return true
  }

  /// All of its items are over: its files are to be written.
  public mutating func beginFinalizing(at now: UTC) -> Bool {
    guard phase == .inProgress || phase == .cancelling else { return false }
    finalizing = now
    if phase == .inProgress { phase = .finalizing }
    return true
  }

  /// Its files are there.
  public mutating func finish(_ counts: Counts, output: String?, errors: String?, at now: UTC)
    -> Bool
  {
    guard phase == .finalizing || phase == .cancelling else { return false }
    if phase == .cancelling {
      phase = .cancelled
    } else {
      phase = counts.expired > 0 ? .expired : .completed
    }
    self.output = output
    errorOutput = errors
    ended = now
    return true
  }
}

extension Batch {
  init(_ row: Row) throws {
    self.init(
      id: row["id"], owner: row["owner"], family: Family(rawValue: row["family"]) ?? .openAI,
      endpoint: row["endpoint"], input: row["input"], window: row["window"],
      metadata: row["metadata"], phase: Phase(rawValue: row["phase"]) ?? .failed,
      created: UTC(nanosecondsSince1970: row["created"]),
      expires: UTC(nanosecondsSince1970: row["expires"]))
    let errors: String = row["errors"]
    flaws = try JSONDecoder().decode([Flaw].self, from: Data(errors.utf8))
    output = row["output"]
    errorOutput = row["error_output"]
    begun = Self.time(row["begun"])
    finalizing = Self.time(row["finalizing"])
    cancelling = Self.time(row["cancelling"])
    ended = Self.time(row["ended"])
  }

  private static func time(_ nanoseconds: Int64?) -> UTC? {
    nanoseconds.map(UTC.init(nanosecondsSince1970:))
  }

  func insert(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO work_batches (id, owner, family, endpoint, input, window, metadata, phase,
          created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, owner, family.rawValue, endpoint, input, window, metadata, phase.rawValue,
        created.nanosecondsSince1970, expires.nanosecondsSince1970,
      ])
    try save(database)
  }

  func save(_ database: Database) throws {
    let errors = String(decoding: try JSONEncoder().encode(flaws), as: UTF8.self)
    try database.execute(
      sql: """
        UPDATE work_batches SET phase = ?, errors = ?, output = ?, error_output = ?, begun = ?,
          finalizing = ?, cancelling = ?, ended = ? WHERE id = ?
        """,
      arguments: [
        phase.rawValue, errors, output, errorOutput, begun?.nanosecondsSince1970,
        finalizing?.nanosecondsSince1970, cancelling?.nanosecondsSince1970,
        ended?.nanosecondsSince1970, id,
      ])
  }
}
