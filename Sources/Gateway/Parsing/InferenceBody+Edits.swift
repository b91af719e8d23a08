import Dialects
import NIOCore

/// What is changed in a body that is passed on: single values, as pieces between slices of the original.
extension InferenceBody {
  /// A place of the body and what stands there instead.
  private struct Edit {
    var range: Range<Int>
    var text: String
  }

  /// The body with another name of the model, and asking for a stream's usage, where these are wanted.
  func edited(_ body: ByteBuffer, model name: String?, asksUsage: Bool) -> [ByteBuffer] {
    var edits: [Edit] = []
    if let name, name != model {
      edits.append(Edit(range: modelRange, text: JSONText.quoted(name)))
    }
    if asksUsage, !includesUsage, let edit = usageEdit(body) { edits.append(edit) }
    if edits.isEmpty { return [body] }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    var pieces: [ByteBuffer] = []
    var place = 0
    for edit in edits {
      add(body, place..<edit.range.lowerBound, to: &pieces)
      pieces.append(ByteBuffer(string: edit.text))
      place = edit.range.upperBound
    }
    add(body, place..<body.readableBytes, to: &pieces)
    return pieces
  }

  private func add(_ body: ByteBuffer, _ range: Range<Int>, to pieces: inout [ByteBuffer]) {
    if let slice = body.getSlice(at: body.readerIndex + range.lowerBound, length: range.count) {
      pieces.append(slice)
    }
  }

  /// Options that are there keep what else they say. The model's name stands after the brace, so a
  /// comma may follow.
  private func usageEdit(_ body: ByteBuffer) -> Edit? {
    if let range = streamOptionsRange {
      let bytes = body.getBytes(at: body.readerIndex + range.lowerBound, length: range.count)
      var options = bytes.flatMap { try? JSONValue.parse($0) }?.object ?? [:]
      options["include_usage"] = true
      return Edit(range: range, text: JSONValue.object(options).serialized)
    }
    guard let brace = body.readableBytesView.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    let start = brace - body.readerIndex + 1
    return Edit(
      range: start..<start, text: "\"stream_options\":{\"include_usage\":true},")
  }
}
