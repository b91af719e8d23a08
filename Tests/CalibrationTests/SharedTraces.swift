import Calibration
import Foundation
import Testing

/// The big measured traces, where they lie beside the repository.
enum SharedTraces: String, CaseIterable {
  case bentPipe = "starlink_bentpipe_ping_victoria_seattle.csv"
  case laser = "starlink_isl_ping_seychelles_lagos.csv"

  private static let besideRepository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/traces")

  /// Where the traces are; `nil` where they are not.
  static let available: URL? = {
    let named = ProcessInfo.processInfo.environment["PERIGEE_TRACES_DATA"]
    let folder = named.map { URL(fileURLWithPath: $0) } ?? besideRepository
    let first = folder.appendingPathComponent(SharedTraces.bentPipe.rawValue)
    return FileManager.default.fileExists(atPath: first.path) ? folder : nil
  }()

  private static let traces = Dictionary(
    uniqueKeysWithValues: allCases.map { file in
      (file, Result { try Trace.read(file.text()) })
    })

  /// The trace, read once.
  func trace() throws -> Trace { try #require(Self.traces[self]).get() }

  private func text() throws -> String {
    let folder = try #require(Self.available)
    return try String(contentsOf: folder.appendingPathComponent(rawValue), encoding: .utf8)
  }
}
