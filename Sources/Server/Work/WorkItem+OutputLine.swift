import Dialects
import Foundation
import Store

extension WorkItem {
  /// The item's line in an output or error file of a batch, its end included.
  var outputLine: [UInt8] {
    let response: JSONValue
    var error = JSONValue.null
    if let answer {
      response = [
        "status_code": .integer(answer.status), "request_id": .string(answer.request),
        "body": answer.json,
      ]
    } else {
      response = .null
      error =
        progress.phase == .expired
        ? [
          "code": "batch_expired",
          "message": "This request could not be executed before the completion window expired.",
        ]
        : ["code": "batch_cancelled", "message": "The batch was cancelled before this request."]
    }
    let line: JSONValue = [
      "id": .string(id), "custom_id": .optional(customID), "response": response, "error": error,
    ]
    return line.bytes + [UInt8(ascii: "\n")]
  }
}

extension WorkItem.Answer {
  /// The body as JSON; what is none becomes a string.
  var json: JSONValue {
    let parsed = body.withUnsafeBytes { try? JSONValue.parse($0) }
    return parsed ?? .string(String(decoding: body, as: UTF8.self))
  }
}
