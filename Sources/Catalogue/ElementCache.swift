import Digests
import Foundation
import Orbits

/// A source's file in the cache's folder, and the record beside it.
///
/// Files are replaced whole (written beside, synced, renamed), and a lock keeps two processes from
/// downloading the same source at once.
struct ElementCache {
  /// What is in the cache.
  struct Entry {
    var parsed: ParsedElementSets
    var fetched: UTC
  }

  let path: String
  private let folder: String
  private let recordPath: String
  private let lockPath: String

  init(_ source: ElementSource, folder: String) {
    self.folder = folder
    path = "\(folder)/\(source.fileName)"
    recordPath = "\(path).json"
    lockPath = "\(folder)/.\(source.fileName).lock"
  }

  /// The record, where there is one that can be read.
  func record() -> CacheRecord? {
    guard let data = FileManager.default.contents(atPath: recordPath) else { return nil }
    return try? JSONDecoder().decode(CacheRecord.self, from: data)
  }

  /// The cached element sets, where there are any.
  ///
  /// A file that is not the one its record describes (a crash came between the two, or somebody edited it)
  /// is used if it is whole; its age is then the file's.
  func entry(_ record: CacheRecord?) -> Entry? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let bytes = Array(data)
    let parsed = ElementSet.parse(String(decoding: bytes, as: UTF8.self))
    guard !parsed.elements.isEmpty else { return nil }
    if let fetched = record?.fetched?.utc, describes(bytes, record) {
      return Entry(parsed: parsed, fetched: fetched)
    }
    guard !parsed.problems.contains(where: { !$0.isWarning }) else { return nil }
    return Entry(parsed: parsed, fetched: modificationTime())
  }

  /// Whether the cached file is the one that a record describes.
  func isDescribed(by record: CacheRecord?) -> Bool {
    guard let data = FileManager.default.contents(atPath: path) else { return false }
    return describes(Array(data), record)
  }

  private func describes(_ bytes: [UInt8], _ record: CacheRecord?) -> Bool {
    record?.bytes == bytes.count && record?.sha256 == Digest(of: bytes).hexadecimal
  }

  private func modificationTime() -> UTC {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = attributes?[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0)
    return UTC(secondsSince1970: date.timeIntervalSince1970)
  }

  /// Puts new content in place of the old, then its record.
  func replace(_ content: [UInt8], _ record: CacheRecord) throws(CatalogueError) {
    try write(content, to: path)
    try write(record)
  }

  /// Puts a new record in place of the old.
  func write(_ record: CacheRecord) throws(CatalogueError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record) else {
      throw .cacheFailed(path: recordPath, reason: "the record cannot be encoded")
    }
    try write(Array(data) + [0x0A], to: recordPath)
  }

  /// Writes beside the file, syncs and renames, so that the file is the old or the new one at any time.
  private func write(_ bytes: [UInt8], to path: String) throws(CatalogueError) {
    let temporary = "\(path).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(temporary) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress,
          bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        break
      }
    }
    let isComplete = written == bytes.count && fsync(descriptor) == 0
    let error = failure(temporary)
    close(descriptor)
    guard isComplete else {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else { throw failure(path) }
    let directory = open(folder, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  private func failure(_ path: String) -> CatalogueError {
    .cacheFailed(path: path, reason: String(cString: strerror(errno)))
  }
}

// MARK: Locking

extension ElementCache {
  /// Holds the lock of this source, among all processes, until `body` ends.
  func locked<Value: Sendable>(
    patienceSeconds: Double,
    _ body: () async throws(CatalogueError) -> Value
  ) async throws(CatalogueError) -> Value {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cacheFailed(path: folder, reason: "the folder cannot be made")
    }
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(lockPath) }
    // Closing releases the lock, and so does the end of the process.
    defer { close(descriptor) }
    let end = ContinuousClock.now + .seconds(patienceSeconds)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw failure(lockPath) }
      guard ContinuousClock.now < end, !Task.isCancelled else {
        throw .cacheFailed(path: lockPath, reason: "another process has held the lock for long")
      }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return try await body()
  }
}
