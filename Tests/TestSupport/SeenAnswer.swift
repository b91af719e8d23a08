import Foundation

/// What a client makes of the events it got.
public struct SeenAnswer: Sendable {
  /// The text, in UTF-16.
  public var units: [UInt16] = []
  /// Each id, creation time and model that was seen.
  public var ids: Set<String> = []
  /// How often a role was told.
  public var roles = 0
  /// Why the answer ended.
  public var reasons: [String] = []
  /// What was counted.
  public var usage: [String: Int]?
  /// How often it was gone on with, as it says.
  public var resumed: Int?
  /// Whether its end came.
  public var isDone = false
  /// What went wrong.
  public var error: String?

  /// Nothing yet.
  public init() {}

  /// Reads a whole body of server-sent events.
  public init(body: String) {
    for line in body.split(separator: "\n") where line.hasPrefix("data: ") {
      read(String(line.dropFirst(6)))
    }
  }

  /// Reads the data of an event.
  public mutating func read(_ data: String) {
    if data == "[DONE]" { return isDone = true }
    // Half of a surrogate pair is no text for Foundation: contents are read as they stand.
    var bare = Array(data.utf8)
    var content: String?
    let key = Array("\"content\":\"".utf8)
    if let start = bare.firstRange(of: key)?.upperBound {
      var end = start
      while end < bare.count, bare[end] != UInt8(ascii: "\"") {
        end += bare[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      content = String(decoding: bare[start..<min(end, bare.count)], as: UTF8.self)
      bare.removeSubrange(start..<min(end, bare.count))
    }
    guard let json = try? JSONSerialization.jsonObject(with: Data(bare)) as? [String: Any]
    else { return error = "no JSON: \(data)" }
    if let fault = json["error"] as? [String: Any] { return error = fault["message"] as? String }
    if let text = content { units += FixedModel.unescaped(text) }
    ids.insert("\(json["id"] ?? "") \(json["created"] ?? "") \(json["model"] ?? "")")
    for choice in json["choices"] as? [[String: Any]] ?? [] {
      let delta = choice["delta"] as? [String: Any] ?? [:]
      roles += delta["role"] == nil ? 0 : 1
      if let reason = choice["finish_reason"] as? String { reasons.append(reason) }
    }
    if let counts = json["usage"] as? [String: Int] { usage = counts }
    if let note = json["perigee"] as? [String: Int] { resumed = note["resumed"] }
  }
}
