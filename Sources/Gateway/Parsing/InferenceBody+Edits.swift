import Dialects
import NIOCore

/// What is changed in a body that is passed on: single values, as pieces between slices of the original.
extension InferenceBody {
  /// Whether a stream's usage is asked for.
  enum UsageWish {
    /// As the client does or does not.
    case unchanged
    /// Whatever the client does.
    case asked
    /// Never, in words that a backend which refuses the field will take.
    case withheld
  }

  /// The body with another name of the model, and asking for a stream's usage or not, as wanted.
  func edited(_ body: ByteBuffer, model name: String, usage: UsageWish) -> [ByteBuffer] {
    var edits = Edits()
    if name != model {
      edits.replace(modelRange, with: JSONValue.string(name).bytes)
    }
    switch usage {
    case .asked where !includesUsage: askUsage(of: body, by: &edits)
    case .withheld: withholdUsage(of: body, by: &edits)
    case .unchanged, .asked: break
    }
    return body.slices(edits.pieces(of: body.readableBytes))
  }

  /// Takes `stream_options` out, whatever they say, with one of the commas around them.
  private func withholdUsage(of body: ByteBuffer, by edits: inout Edits) {
    guard let range = streamOptionsRange else { return }
    body.withUnsafeReadableBytes { text in
      func isSpace(_ place: Int) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(text[place]) }
      var (start, end) = (streamOptionsStart, range.upperBound)
      while end < text.count, isSpace(end) { end += 1 }
      if end < text.count, text[end] == UInt8(ascii: ",") {
        end += 1
      } else {
        while start > 0, isSpace(start - 1) { start -= 1 }
        if start > 0, text[start - 1] == UInt8(ascii: ",") { start -= 1 }
      }
      edits.replace(start..<end, with: [])
    }
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
  /// A text in one piece.
  init(joining pieces: [ByteBuffer]) {
    self.init()
    for piece in pieces { writeImmutableBuffer(piece) }
  }

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
