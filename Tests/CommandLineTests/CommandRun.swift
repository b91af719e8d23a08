import Foundation
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
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = Self.root
    let output = Pipe()
    let errorFile = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-test-\(UUID().uuidString)")
    FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errorFile) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errorFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    self.status = process.terminationStatus
    self.output = String(decoding: data, as: UTF8.self)
    self.errors = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
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
