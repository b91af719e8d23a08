import DashboardAssets
import Foundation
import Gateway

/// The dashboard's files: those inside the binary, or a folder's while they are being worked on.
struct DashboardFiles: Sendable {
  struct File: Sendable {
    var contentType: String
    var etag: String
    var bytes: [UInt8]

    /// The file, or 304 where the browser has it already.
    func response(ifNoneMatch known: String?) -> ControlResponse {
      let isKnown = known == etag
      return .full(
        status: isKnown ? 304 : 200,
        headers: [
          ("content-type", contentType), ("cache-control", "no-cache"), ("etag", etag),
          ("content-security-policy", DashboardFiles.policy), ("referrer-policy", "no-referrer"),
          ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
        ], body: isKnown ? [] : bytes)
    }
  }

  private static let policy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private let files: [String: File]
  private let folder: String?

  /// The files inside the binary; with `folder`, that folder's files come first, read anew each time.
  init(folder: String? = nil) {
    self.folder = folder
    var files: [String: File] = [:]
    for asset in UnsafeBufferPointer(
      start: perigee_dashboard_assets, count: Int(perigee_dashboard_asset_count))
    {
      files[String(cString: asset.path)] = File(
        contentType: String(cString: asset.content_type),
        etag: "\"\(String(cString: asset.etag))\"",
        bytes: Array(UnsafeBufferPointer(start: asset.bytes, count: Int(asset.length))))
    }
    files["/"] = files["/index.html"]
    self.files = files
  }

  /// Whether there is a file at `path`.
  func contains(_ path: String) -> Bool { files[path] != nil }

  func file(at path: String) -> File? {
    guard let known = files[path] else { return nil }
    guard let folder,
      let data = FileManager.default.contents(
        atPath: folder + (path == "/" ? "/index.html" : path))
    else { return known }
    return File(contentType: known.contentType, etag: "\"\(UUID())\"", bytes: Array(data))
  }
}
