/// What does not make a terminal's definitions.
struct DiscoveryError: Error {
  var reason: String
}

/// A terminal's API in its own words: definitions, and where requests go.
struct DiscoveredAPI: Sendable {
  static let service = "SpaceX.API.Device.Device"
  static let method = "Handle"
  /// Bounds of what a server's definitions may take up: today's have some 30 files of 300 KiB in all.
  static let maximumFiles = 256
  static let maximumBytes = 4 * 1_024 * 1_024

  /// The definitions.
  let schema: Schema
  /// Where requests go.
  let path: String
  /// The full names of the messages there and back.
  let request: String
  let response: String

  /// Finds the service among definitions.
  init(fileDescriptors files: [[UInt8]]) throws {
    schema = try Schema(fileDescriptors: files)
    guard
      let method = schema.services[Self.service]?.methods.first(where: { $0.name == Self.method })
    else { throw DiscoveryError(reason: "it defines no \(Self.service)/\(Self.method)") }
    path = "/\(Self.service)/\(Self.method)"
    request = method.input
    response = method.output
    guard schema.messages[request] != nil, schema.messages[response] != nil else {
      throw DiscoveryError(reason: "it does not define \(request) or \(response)")
    }
  }

  /// A request without content, serialised; `nil` where the definitions have none of that name.
  func request(_ name: String) -> [UInt8]? {
    guard var message = try? DynamicMessage(request, in: schema),
      let content = message.type.field(named: name)?.typeName,
      let empty = try? DynamicMessage(content, in: schema)
    else { return nil }
    message[name] = .message(empty)
    return message.encoded()
  }

  /// Asks a server for the file with the service, then for all that it depends on.
  ///
  /// - Parameter timeout: For all questions together.
  static func ask(_ connection: RPCConnection, timeout: Duration) async throws -> DiscoveredAPI {
    let deadline = ContinuousClock.now + timeout
    let first = [try Reflection.question("file_containing_symbol", service)]
    do {
      return try await ask(first, Reflection.pathV1, connection, deadline)
    } catch RPCError.status(let status) where status.code == .unimplemented {
      return try await ask(first, Reflection.pathV1Alpha, connection, deadline)
    }
  }

  private static func ask(
    _ first: [[UInt8]], _ path: String, _ connection: RPCConnection,
    _ deadline: ContinuousClock.Instant
  ) async throws -> DiscoveredAPI {
    var questions = first
    var files: [String: [UInt8]] = [:]
    var asked: Set<String> = []
    var bytes = 0
    while !questions.isEmpty {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw RPCError.timedOut }
      let answers = try await connection.call(
        path, questions, timeout: left, limit: maximumBytes)
      var wanted: Set<String> = []
      for answer in answers {
        for file in try Self.files(in: answer) {
          let (name, dependencies) = try Schema.dependencies(of: file)
          guard files[name] == nil else { continue }
          files[name] = file
          bytes += file.count
          wanted.formUnion(dependencies)
        }
      }
      wanted.subtract(files.keys)
      wanted.subtract(asked)
      asked.formUnion(wanted)
      guard asked.count <= maximumFiles, files.count <= maximumFiles, bytes <= maximumBytes else {
        throw DiscoveryError(reason: "its definitions are too many")
      }
      questions = try wanted.sorted().map { try Reflection.question("file_by_filename", $0) }
    }
    return try DiscoveredAPI(
      fileDescriptors: files.sorted { $0.key < $1.key }.map(\.value))
  }

  /// The files in one answer. A dependency that the server does not have is no matter unless its messages
  /// are missed, so only an answer to the first question may not be an error.
  private static func files(in answer: [UInt8]) throws -> [[UInt8]] {
    let answer = try Reflection.schema.decode(answer, as: Reflection.response)
    let isDependency =
      answer.message("original_request")?["file_by_filename"] != nil
    if let error = answer.message("error_response"), !isDependency {
      throw DiscoveryError(reason: "reflection: \(error.text("error_message") ?? "an error")")
    }
    return answer.message("file_descriptor_response")?[all: "file_descriptor_proto"]
      .compactMap { if case .bytes(let file) = $0 { file } else { nil } } ?? []
  }
}
