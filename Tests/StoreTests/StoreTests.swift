import Foundation
import GRDB
import Testing

@testable import Store

@Test func aStoreOpensTwice() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appending(path: "perigee.sqlite").path
  for _ in 1...2 {
    let store = try Store(path: path)
    #expect(
      try store.database.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
  }
}
