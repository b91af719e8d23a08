import Foundation
import Simulation

/// A simulation's report as a JSON file.
enum ReportFile {
  /// The report as JSON, keys in alphabetical order, so that equal reports are equal files.
  static func text(of report: Report) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }

  /// Reads a report; an error names the file and says what to do.
  static func read(_ path: String) throws -> Report {
    let text = try readText(path)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let report = try? decoder.decode(Report.self, from: Data(text.utf8)),
      report.format == Report.currentFormat
    else {
      throw InputError(
        description: "\(path): no simulation report of this version: write one with "
          + "`perigee simulate … --output json`, or --report")
    }
    return report
  }
}
