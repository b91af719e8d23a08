import Foundation
import Glibc

/// The file that takes a child's standard output and error, kept below a size.
struct ChildLog: Sendable {
  /// Where it is.
  let path: String
  /// The size past which `trim` empties it.
  let limitBytes: Int

  /// Opens it for appending, creating it and its folder; only the owner may read it.
  func open() throws(ChildProcess.SpawnError) -> Int32 {
    let folder = (path as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ChildProcess.SpawnError(what: "cannot open \(path)", code: errno)
    }
    return descriptor
  }

  /// Its size, zero if there is no such file.
  var sizeBytes: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Empties it once it is over the limit. The child appends, so its next line starts the file anew.
  func trim() {
    if sizeBytes > limitBytes { truncate(path, 0) }
  }

  /// The last lines written after the first `offset` bytes: at most `count`, none beyond 2 KB.
  func lastLines(_ count: Int, after offset: Int) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    let size = sizeBytes
    let start = max(offset <= size ? offset : 0, size - 2048)
    guard (try? file.seek(toOffset: UInt64(start))) != nil,
      let data = try? file.read(upToCount: 2048)
    else { return [] }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.suffix(count).map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
