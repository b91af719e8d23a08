import Dialects
import Foundation
import Store

/// A line of a batch's input file: `{"custom_id", "method", "url", "body"}`.
struct BatchLine {
  var customID: String
  var model: String
  var body: [UInt8]

  /// Reads a line that is to ask for `endpoint`.
  ///
  /// - Throws: What is wrong with it, a `Batch.Flaw` but for its line.
  init(_ line: [UInt8], endpoint: String) throws(Refused) {
    let object: JSONObject
    do {
      guard case .object(let read) = try JSONValue.parse(line) else {
        throw Refused("invalid_json_line", "is not a JSON object")
      }
      object = read
    } catch let refused as Refused {
      throw refused
    } catch {
      throw Refused("invalid_json_line", "is not JSON: \(error)")
    }
    guard let id = object["custom_id"]?.text, !id.isEmpty, id.utf8.count <= 512 else {
      throw Refused(
        "missing_required_parameter", "needs a 'custom_id' of 1 to 512 bytes", "custom_id")
    }
    if let method = object["method"], method.text != "POST" {
      throw Refused("invalid_method", "must have \"POST\" for its 'method'", "method")
    }
    guard object["url"]?.text == endpoint else {
      throw Refused(
        "mismatched_endpoint", "must have the batch's endpoint \(endpoint) for its 'url'", "url")
    }
    guard let body = object["body"], let fields = body.object else {
      throw Refused("missing_required_parameter", "needs an object for its 'body'", "body")
    }
    guard let model = fields["model"]?.text, !model.isEmpty else {
      throw Refused("missing_required_parameter", "needs a 'model' in its 'body'", "body.model")
    }
    if fields["stream"]?.bool == true {
      throw Refused(
        "invalid_value", "asks for a stream, which a batch does not answer with",
        "body.stream")
    }
    customID = id
    self.model = model
    self.body = body.bytes
  }

  /// What is wrong with a line.
  struct Refused: Error {
    var code: String
    var message: String
    var param: String?

    init(_ code: String, _ message: String, _ param: String? = nil) {
      self.code = code
      self.message = message
      self.param = param
    }

    func flaw(line: Int) -> Batch.Flaw {
      Batch.Flaw(code: code, message: "Line \(line) \(message).", param: param, line: line)
    }
  }
}

/// Cuts bytes that come in pieces into lines.
struct LineCutter {
  private var held: [UInt8] = []
  private let limit: Int

  /// Lines longer than `limit` bytes are cut there.
  init(limit: Int) { self.limit = limit }

  /// The lines that are complete with `bytes`, without their ends.
  mutating func cut(_ bytes: Data) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      held.append(contentsOf: rest[..<end])
      lines.append(take())
      rest = rest[rest.index(after: end)...]
    }
    held.append(contentsOf: rest)
    if held.count > limit { lines.append(take()) }
    return lines
  }

  /// The last line, if it has no end.
  mutating func finish() -> [UInt8]? { held.isEmpty ? nil : take() }

  private mutating func take() -> [UInt8] {
    defer { held.removeAll() }
    return held.last == UInt8(ascii: "\r") ? held.dropLast() : held
  }
}
