import Foundation
import Orbits
import Synchronization

@testable import Catalogue

/// The publisher on loopback, started once for all tests; it ends with the process that started it.
final class Publisher: Sendable {
  static let shared = Result { try Publisher() }

  let base: String
  private let input: FileHandle

  private init() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Python/catalogue_server.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    self.input = input.fileHandleForWriting
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    base = "http://127.0.0.1:\(port.split(whereSeparator: \.isWhitespace).first ?? "0")"
  }

  /// How often a group was asked for.
  func count(_ group: String) async throws -> Int {
    let answer = try await HTTPDownload().get("\(base)/_count?GROUP=\(group)")
    return Int(String(decoding: answer.body, as: UTF8.self)) ?? -1
  }
}

/// A clock that tests move.
final class TestClock: Sendable {
  private let time = Mutex(UTC(year: 2026, month: 8, day: 22, hour: 12))

  var now: UTC { time.withLock { $0 } }

  func advance(hours: Double) {
    time.withLock { $0 = $0.adding(seconds: hours * 3_600) }
  }
}

/// A cache in a folder of its own, and a publisher to fill it.
final class Desk: Sendable {
  let folder: String
  let clock = TestClock()
  let publisher: Publisher
  let limits: DownloadLimits

  init(limits: DownloadLimits = DownloadLimits()) throws {
    publisher = try Publisher.shared.get()
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-catalogue-\(UUID().uuidString)").path
    self.limits = limits
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func source(_ group: String, at path: String) throws -> ElementSource {
    try ElementSource(group, base: "\(publisher.base)/\(path)")
  }

  func fetch(
    _ source: ElementSource, offline: Bool = false, force: Bool = false
  ) async throws -> FetchedElements {
    let fetcher = ElementFetcher(folder: folder, limits: limits) { [clock] in clock.now }
    return try await fetcher.fetch(source, offline: offline, force: force)
  }

  /// The error that a fetch ends in.
  func failure(of source: ElementSource) async -> CatalogueError? {
    do {
      _ = try await fetch(source)
      return nil
    } catch {
      return error as? CatalogueError
    }
  }

  func text(_ name: String) -> String {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    } ?? ""
  }
}
