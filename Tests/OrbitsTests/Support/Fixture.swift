import Foundation

/// The reference files beside these tests.
enum Fixture {
  static func text(_ name: String, file: String = #filePath) throws -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    let path = folder.appendingPathComponent("Fixtures/\(name)")
    return try String(decoding: Data(contentsOf: path), as: UTF8.self)
  }

  /// The files of a folder, in order.
  static func names(in folder: String, file: String = #filePath) throws -> [String] {
    let tests = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    let path = tests.appendingPathComponent("Fixtures/\(folder)").path
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// The rows of a plain CSV file (no quotes) as dictionaries.
  static func rows(_ name: String) throws -> [Row] { rows(of: try text(name)) }

  /// The rows of CSV text (no quotes) as dictionaries.
  static func rows(of text: String) -> [Row] {
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return Row(
        values: Dictionary(
          uniqueKeysWithValues: zip(header, fields).map { (String($0), String($1)) }))
    }
  }

  struct Row: Sendable {
    let values: [String: String]

    subscript(_ column: String) -> String { values[column] ?? "" }

    func number(_ column: String) -> Double { Double(self[column]) ?? .nan }

    func vector(_ columns: String...) -> SIMD3<Double> {
      SIMD3(number(columns[0]), number(columns[1]), number(columns[2]))
    }
  }
}
