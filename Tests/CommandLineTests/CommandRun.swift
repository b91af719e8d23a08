import Foundation
import TestSupport
import Testing

/// One run of the built `perigee` binary.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// Where the package's own files are.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The binary that the test run built, beside the test bundle.
  static let binary: URL = {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    return folder.appendingPathComponent("perigee")
  }()

  /// Runs `perigee` with these arguments in the package's folder, to its end.
  init(_ arguments: String...) throws { try self.init(arguments: arguments) }

  /// Runs `perigee` with these arguments in the package's folder, to its end.
  init(arguments: [String]) throws {
    let process = ChildProgram.process(Self.binary, arguments)
    process.currentDirectoryURL = Self.root
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files rather than pipes: nothing has to be read while the command runs.
    let files = ["output", "errors"].map { folder.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    self.status = process.terminationReason == .exit ? process.terminationStatus : -1
    self.output = String(decoding: try Data(contentsOf: files[0]), as: UTF8.self)
    self.errors = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
  }

  /// The rows of CSV output, header first.
  var rows: [[String]] {
    output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }
}

/// Writes text to a file that lives as long as the value.
final class TemporaryFile {
  let path: String

  init(_ text: String, suffix: String) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)\(suffix)")
    try Data(text.utf8).write(to: url)
    self.path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Real element sets, as CelesTrak published them on 30 May 2026.
let stationsTLE = """
  ISS (ZARYA)
  1 25544U 98067A   26150.51748228  .00011776  00000+0  21767-3 0  9998
  2 25544  51.6337  27.5746 0007245 114.7080 245.4664 15.49496548569014
  POISK
  1 36086U 09060A   26150.51748228  .00011776  00000+0  21767-3 0  9996
  2 36086  51.6337  27.5746 0007245 114.7080 245.4664 15.49496548568993

  """
