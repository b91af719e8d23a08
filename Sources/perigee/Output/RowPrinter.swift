/// Prints rows as they come: CSV and JSON at once, a table when its widths are known.
struct RowPrinter {
  private let columns: [String]
  private let format: OutputFormat
  private var pending: RowBatch
  private var tableRows: [[Cell]] = []
  private var printed = 0

  /// Rows beyond this make no table a person reads, and would have to be held in memory.
  private static let tableLimit = 100_000

  init(columns: [String], format: OutputFormat) {
    self.columns = columns
    self.format = format
    pending = RowBatch(columns: columns, format: format)
  }

  /// An empty batch of rows for this printer, for others to fill.
  var batch: RowBatch { RowBatch(columns: columns, format: format) }

  mutating func add(_ row: [Cell]) throws {
    try expectRoom(for: 1)
    pending.add(row)
    if pending.isLarge { flush() }
  }

  /// Adds rows that were put together elsewhere.
  mutating func add(_ batch: RowBatch) throws {
    try expectRoom(for: batch.count)
    flush()
    show(batch)
  }

  /// Prints what is left. Call once, after the last row.
  mutating func finish(empty: String = "nothing to show") {
    flush()
    switch format {
    case .csv where printed == 0: writeOutput(head)
    case .csv: break
    case .json: writeOutput(printed > 0 ? "\n]\n" : "[]\n")
    case .table: writeOutput(printed == 0 ? empty + "\n" : table())
    }
  }

  private var head: String {
    switch format {
    case .csv: columns.joined(separator: ",") + "\n"
    case .json: "["
    case .table: ""
    }
  }

  private func expectRoom(for rows: Int) throws {
    guard format == .table, printed + pending.count + rows > Self.tableLimit else { return }
    throw InputError(
      description: "more than \(Self.tableLimit) rows do not make a table: use --output csv")
  }

  private mutating func flush() {
    show(pending)
    pending.removeAll()
  }

  private mutating func show(_ batch: RowBatch) {
    guard batch.count > 0 else { return }
    if printed == 0 { writeOutput(head) }
    // Each JSON row begins with the comma that parts it from the one before.
    writeOutput(printed == 0 && format == .json ? batch.bytes.dropFirst() : batch.bytes[...])
    tableRows += batch.rows
    printed += batch.count
  }

  private func table() -> String {
    let texts = tableRows.map { $0.map(\.plain) }
    let widths = columns.indices.map { column in
      max(columns[column].count, texts.map { $0[column].count }.max() ?? 0)
    }
    func line(_ cells: [String], numeric: [Bool]) -> String {
      var text = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        text += numeric[column] ? padding + cell : cell + padding
        if column < cells.count - 1 { text += "  " }
      }
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    let numeric = columns.indices.map { column in tableRows.contains { $0[column].isNumeric } }
    var text = line(columns, numeric: numeric)
    text += line(widths.map { String(repeating: "-", count: $0) }, numeric: numeric)
    for row in texts { text += line(row, numeric: numeric) }
    return text
  }
}
