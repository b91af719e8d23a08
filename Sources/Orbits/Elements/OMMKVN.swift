/// Reads OMMs in `KEYWORD = value` form, one after the other, each beginning with `CCSDS_OMM_VERS`.
enum OMMKVN {
  /// The keyword that begins a message.
  static let version = "CCSDS_OMM_VERS"

  /// Reads every record of a file.
  static func read(_ bytes: ArraySlice<UInt8>) -> ParsedElementSets {
    var result = ParsedElementSets()
    var record: OMMRecord?
    for line in TextLine.all(in: bytes) {
      do throws(ElementSetProblem) {
        guard let entry = try KVNLine(line) else { continue }
        if entry.key == version {
          record?.add(to: &result)
          record = OMMRecord(line: line.number)
        } else if record == nil {
          throw ElementSetProblem(
            line: line.number, message: "\(entry.key.prefix(40)) stands before \(version)",
            cure: "begin each message with \(version) = 2.0")
        } else if let keyword = OMMKeyword(rawValue: entry.key), !entry.value.isEmpty {
          let (text, unit) =
            keyword.isNumber ? KVNLine.splitUnit(entry.value) : (entry.value, nil)
          record?.set(
            keyword,
            OMMRecord.Value(text: text, line: line.number, column: entry.column, unit: unit))
        }
      } catch {
        if record == nil { result.problems.append(error) } else { record?.problems.append(error) }
      }
    }
    record?.add(to: &result)
    return result
  }
}
