import Dialects

/// Rows put together for a ``RowPrinter``, by another thread for instance: text for CSV and JSON, the rows
/// themselves for a table, whose widths are known at its end.
struct RowBatch: Sendable {
  private let names: [[UInt8]]
  private let format: OutputFormat
  /// How many rows there are.
  private(set) var count = 0
  /// The rows as CSV or JSON; a JSON row begins with its comma.
  private(set) var bytes: [UInt8] = []
  /// The rows of a table.
  private(set) var rows: [[Cell]] = []

  init(columns: [String], format: OutputFormat) {
    self.format = format
    names =
      format == .json
      ? columns.map { Array("\(JSONText.quoted($0)): ".utf8) } : columns.map { _ in [] }
  }

  /// Whether it is time to print.
  var isLarge: Bool { bytes.count > 1 << 16 || rows.count > 1 << 10 }

  mutating func add(_ row: [Cell]) {
    count += 1
    switch format {
    case .csv:
      for (index, cell) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        cell.appendCSV(to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    case .json:
      bytes.append(contentsOf: ",\n {".utf8)
      for (index, cell) in row.enumerated() {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        bytes.append(contentsOf: names[index])
        cell.appendJSON(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .table: rows.append(row)
    }
  }

  mutating func removeAll() {
    count = 0
    bytes.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
  }
}
