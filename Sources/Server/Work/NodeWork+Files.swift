import Decisions
import Dialects
import Foundation
import Gateway
import NIOCore
import Orbits
import Store
import Synchronization

/// `/v1/files`, as OpenAI's API reference has it.
extension NodeWork {
  private static let purposes: Set<String> = [
    "assistants", "batch", "fine-tune", "vision", "user_data", "evals",
  ]

  func files(_ request: WorkRequest, _ path: [String]) async throws -> ControlResponse {
    switch (request.method, path.count) {
    case ("POST", 0): return .json(try await upload(request).json)
    case ("GET", 0): return try await list(request)
    case ("GET", 1): return .json(try await file(path[0], request).json)
    case ("DELETE", 1):
      guard try await store.deleteFile(path[0], owner: request.owner) else {
        throw WorkError.notFound("file", path[0])
      }
      return .json(["id": .string(path[0]), "object": "file", "deleted": true])
    case ("GET", 2) where path[1] == "content":
      return content(try await file(path[0], request))
    case (_, 0): throw WorkError.wrongMethod(request, "GET, POST")
    case (_, 1): throw WorkError.wrongMethod(request, "GET, DELETE")
    default: throw WorkError.unknownPath(request)
    }
  }

  private func file(_ id: String, _ request: WorkRequest) async throws -> StoredFile {
    guard let file = try await store.file(id, owner: request.owner) else {
      throw WorkError.notFound("file", id)
    }
    return file
  }

  private func list(_ request: WorkRequest) async throws -> ControlResponse {
    let limit = try request.limit(usual: 10_000, most: 10_000)
    let found = try await store.files(
      owner: request.owner, purpose: request.items["purpose"], after: request.items["after"],
      limit: limit + 1, ascending: request.items["order"] == "asc")
    let files = found.prefix(limit)
    return .json([
      "object": "list", "data": .array(files.map(\.json)),
      "first_id": .optional(files.first?.id), "last_id": .optional(files.last?.id),
      "has_more": .bool(found.count > limit),
    ])
  }

  private func content(_ file: StoredFile) -> ControlResponse {
    let next = Atomic<Int>(0)
    let name = file.name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline }
    return .stream(
      status: 200,
      headers: [
        ("content-type", "application/octet-stream"),
        ("content-disposition", "attachment; filename=\"\(name)\""),
      ],
      body: AsyncStream { [store] in
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return (try? await store.chunk(number, of: file.id)).map { Array($0) }
      })
  }

  /// Refuses `bytes` more of a file when the disk or its owner's files hold as much as they may. Tells
  /// how many files there are.
  @discardableResult
  private func checkRoom(of owner: String, for bytes: Int) async throws -> Int {
    try await checkRoom()
    let held = try await store.fileTotals(owner: owner)
    guard held.bytes + bytes <= limits.fileBytesOfCaller else {
      throw WorkError(
        507, .ownStorageFull,
        "Your files take \(held.bytes >> 20) MiB, and a caller's may take \(limits.fileBytesOfCaller >> 20). "
          + "Delete some that are no longer needed.")
    }
    return held.count
  }

  /// Reads a form with a file, and writes the file as it comes.
  private func upload(_ request: WorkRequest) async throws -> StoredFile {
    let count = try await checkRoom(of: request.owner, for: 0)
    guard count < limits.files else {
      throw WorkError(
        429, .ownStorageFull,
        "There are \(count) files, as many as a caller may have. "
          + "Delete some that are no longer needed.")
    }
    let time = now()
    let file = StoredFile(
      id: WorkID.make("file-"), owner: request.owner, name: "file", purpose: "", created: time,
      expires: time + limits.retention)
    try await store.beginFile(file)
    do {
      var upload = Upload(
        form: try MultipartReader(contentType: request["content-type"] ?? ""),
        file: FileWriter(store: store, file: file, limit: limits.fileBytes) { bytes in
          try await checkRoom(of: request.owner, for: bytes)
        })
      for try await piece in request.body {
        for event in try upload.form.read(piece.readableBytesView) { try await upload.take(event) }
      }
      try upload.form.finish()
      return try await upload.finish(purposes: Self.purposes)
    } catch {
      try await store.abandonFile(file.id)
      guard let fault = error as? MultipartReader.Fault else { throw error }
      throw WorkError(
        400, .callerInvalidRequest,
        "The form with the file cannot be read: \(fault). Send multipart/form-data with the fields "
          + "'purpose' and 'file'.", code: "invalid_form")
    }
  }
}

/// A form that is being uploaded.
private struct Upload {
  private static let maximumField = 1024
  /// More seconds than that are not counted: no file is kept for longer.
  private static let longestKept = 30 * 86_400

  var form: MultipartReader
  var file: FileWriter
  private var name: String?
  private var hasFile = false
  private var fields: [String: [UInt8]] = [:]

  init(form: MultipartReader, file: FileWriter) {
    self.form = form
    self.file = file
  }

  mutating func take(_ event: MultipartReader.Event) async throws {
    switch event {
    case .part("file", let filename):
      guard !hasFile else { throw WorkError.badField("file", "is there twice: send one file") }
      (name, hasFile) = ("file", true)
      file.file.name = filename.map { String($0.suffix(255)) } ?? "file"
    case .part(let name, _):
      self.name = name
      fields[name] = []
    case .data(let bytes):
      guard let name else { return }
      if name == "file", hasFile { return try await file.write(bytes) }
      guard (fields[name]?.count ?? 0) + bytes.count <= Self.maximumField else {
        throw WorkError.badField(name, "is longer than \(Self.maximumField) bytes")
      }
      fields[name]? += bytes
    }
  }

  mutating func finish(purposes: Set<String>) async throws -> StoredFile {
    guard hasFile else { throw WorkError.badField("file", "is missing: send a file") }
    let purpose = fields["purpose"].map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard purposes.contains(purpose) else {
      throw WorkError.badField(
        "purpose", "must be one of \(purposes.sorted().joined(separator: ", "))")
    }
    if let text = fields["expires_after[seconds]"] {
      guard let seconds = Int(String(decoding: text, as: UTF8.self)), seconds >= 3600 else {
        throw WorkError.badField("expires_after[seconds]", "must be a number from 3600 up")
      }
      let kept = Duration.seconds(min(seconds, Self.longestKept))
      file.file.expires = min(file.file.expires, file.file.created + kept)
    }
    file.file.purpose = purpose
    return try await file.finish()
  }
}

/// Writes a file in chunks of a mebibyte.
struct FileWriter {
  private static let chunkBytes = 1 << 20

  let store: Store
  var file: StoredFile
  let limit: Int
  /// Throws where there is no room for so many bytes more.
  private let checkRoom: @Sendable (Int) async throws -> Void
  private var chunk = Data()
  private var chunks = 0

  /// Writes to a file that has been begun.
  init(
    store: Store, file: StoredFile, limit: Int = .max,
    checkRoom: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) {
    self.store = store
    self.file = file
    self.limit = limit
    self.checkRoom = checkRoom
  }

  mutating func write(_ bytes: some Collection<UInt8>) async throws {
    file.bytes += bytes.count
    guard file.bytes <= limit else {
      throw WorkError(
        413, .callerTooLarge,
        "The file is larger than \(limit) bytes, the most that is kept. "
          + "Split it.", code: "file_too_large")
    }
    chunk.append(contentsOf: bytes)
    if chunk.count >= Self.chunkBytes { try await flush() }
  }

  /// Writes what is left of it. It is seen once the store is told that it is finished.
  mutating func flush() async throws {
    guard !chunk.isEmpty else { return }
    try await checkRoom(chunk.count)
    try await store.append(chunk, to: file.id, number: chunks)
    chunks += 1
    chunk.removeAll(keepingCapacity: true)
  }

  mutating func finish() async throws -> StoredFile {
    try await flush()
    try await store.finishFile(file)
    return file
  }
}

extension StoredFile {
  /// OpenAI's file object.
  var json: JSONValue {
    [
      "id": .string(id), "object": "file", "bytes": .integer(bytes),
      "created_at": .time(created), "expires_at": .time(expires), "filename": .string(name),
      "purpose": .string(purpose), "status": "processed",
    ]
  }
}
