import Foundation
import GRDB
import Orbits

/// A request for inference that has been accepted and is kept until it is answered, and its answer for a
/// while after.
public struct WorkItem: Sendable, Equatable {
  /// What it is for, those that somebody waits for first.
  public enum Kind: String, Sendable, CaseIterable {
    /// A request that must not be done twice, and is done at once or not at all.
    case immediate
    /// A request that waits for a way.
    case waiting
    /// A response that is made in the background and kept under its id.
    case response
    /// An item of a batch.
    case batch
  }

  /// What came back.
  public struct Answer: Sendable, Equatable {
    /// The status.
    public var status: Int
    /// The media type of the body.
    public var type: String
    /// The id of the request that was answered.
    public var request: String
    /// The body, as it came.
    public var body: Data

    /// Creates an answer.
    public init(status: Int, type: String, request: String, body: Data) {
      self.status = status
      self.type = type
      self.request = request
      self.body = body
    }

    /// Whether it is what was asked for, rather than an error.
    public var isSuccess: Bool { (200..<300).contains(status) }
  }

  /// Its id.
  public var id: String
  /// The caller it belongs to; empty where there are no keys.
  public var owner: String
  /// What it is for.
  public var kind: Kind
  /// The batch it is of.
  public var batch: String?
  /// Its line in the batch, from 1.
  public var line: Int?
  /// The name that the client gave it in its batch.
  public var customID: String?
  /// The model it asks.
  public var model: String
  /// The API's path, such as `/v1/chat/completions`.
  public var endpoint: String
  /// The header fields to ask with.
  public var headers: [Header]
  /// The body to ask with.
  public var body: Data
  /// The client's idempotency key.
  public var key: String?
  /// How far it has come.
  public var progress: WorkProgress
  /// When it was accepted.
  public var created: UTC
  /// When it was over.
  public var ended: UTC?
  /// What came back.
  public var answer: Answer?

  /// A header field.
  public struct Header: Sendable, Equatable, Codable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Creates a field.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Creates an item that has not begun.
  public init(
    id: String, owner: String, kind: Kind, batch: String? = nil, line: Int? = nil,
    customID: String? = nil, model: String, endpoint: String, headers: [Header] = [], body: Data,
    key: String? = nil, progress: WorkProgress, created: UTC
  ) {
    self.id = id
    self.owner = owner
    self.kind = kind
    self.batch = batch
    self.line = line
    self.customID = customID
    self.model = model
    self.endpoint = endpoint
    self.headers = headers
    self.body = body
    self.key = key
    self.progress = progress
    self.created = created
  }
}

extension WorkItem {
  init(_ row: Row) throws {
    let headers: String = row["headers"]
    self.init(
      id: row["id"], owner: row["owner"], kind: Kind(rawValue: row["kind"]) ?? .waiting,
      batch: row["batch"], line: row["line"], customID: row["custom_id"], model: row["model"],
      endpoint: row["endpoint"],
      headers: try JSONDecoder().decode([Header].self, from: Data(headers.utf8)),
      body: row["body"], key: row["key"], progress: WorkProgress(row),
      created: UTC(nanosecondsSince1970: row["created"]))
    ended = (row["ended"] as Int64?).map(UTC.init(nanosecondsSince1970:))
    guard let status = row["status"] as Int? else { return }
    answer = Answer(
      status: status, type: row["type"] ?? "", request: row["request"] ?? "",
      body: row["answer"] ?? Data())
  }

  func insert(_ database: Database) throws {
    let headers = String(decoding: try JSONEncoder().encode(headers), as: UTF8.self)
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO work_items (id, owner, kind, batch, line, custom_id, model, endpoint, headers,
          body, key, phase, epoch, failures, not_before, created, expires)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      id, owner, kind.rawValue, batch, line, customID, model, endpoint, headers, body, key,
      progress.phase.rawValue, progress.epoch, progress.failures,
      progress.notBefore.nanosecondsSince1970, created.nanosecondsSince1970,
      progress.expires.nanosecondsSince1970,
    ])
  }
}

extension WorkProgress {
  init(_ row: Row) {
    self.init(
      phase: Phase(rawValue: row["phase"]) ?? .cancelled, epoch: row["epoch"],
      failures: row["failures"], notBefore: UTC(nanosecondsSince1970: row["not_before"]),
      expires: UTC(nanosecondsSince1970: row["expires"]))
  }
}
