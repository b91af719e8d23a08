import Dialects
import NIOCore

/// What is changed in a body that is passed on: single values, as pieces between slices of the original.
extension InferenceBody {
  /// The body with another name of the model, and asking for a stream's usage, where these are wanted.
  func edited(_ body: ByteBuffer, model name: String?, asksUsage: Bool) -> [ByteBuffer] {
    var edits = Edits()
    if let name, name != model {
      edits.replace(modelRange, with: JSONValue.string(name).bytes)
    }
    if asksUsage, !includesUsage { askUsage(of: body, by: &edits) }
    return body.slices(edits.pieces(of: body.readableBytes))
  }

  /// Options that are there keep what else they say. The model's name stands after the brace, so a
  /// comma may follow.
  private func askUsage(of body: ByteBuffer, by edits: inout Edits) {
    if let range = streamOptionsRange {
      let bytes = body.getBytes(at: body.readerIndex + range.lowerBound, length: range.count)
      var options = bytes.flatMap { try? JSONValue.parse($0) }?.object ?? [:]
      options["include_usage"] = true
      edits.replace(range, with: JSONValue.object(options).bytes)
    } else if let brace = body.readableBytesView.firstIndex(of: UInt8(ascii: "{")) {
      edits.insert(
        Array("\"stream_options\":{\"include_usage\":true},".utf8),
        at: brace - body.readerIndex + 1)
    }
  }
}

extension ByteBuffer {
  /// A text made of pieces of this one and new ones between them; what is long is not copied.
  func slices(_ pieces: [Piece]) -> [ByteBuffer] {
    pieces.compactMap { piece in
      switch piece {
      case .original(let place):
        getSlice(at: readerIndex + place.lowerBound, length: place.count)
      case .new(let bytes): ByteBuffer(bytes: bytes)
      }
    }
  }
}
