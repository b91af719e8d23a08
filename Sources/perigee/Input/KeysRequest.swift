import Foundation

/// A request to a node's control API about keys.
struct KeysRequest {
  private let method: String
  private let path: String
  private let body: Data

  init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
    body = Data()
  }

  init(_ method: String, _ path: String, body: some Encodable) throws {
    self.method = method
    self.path = path
    self.body = try JSONEncoder().encode(body)
  }

  /// A key's id or name as a part of a path.
  static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }

  /// Asks a node.
  func send<Value: Decodable>(to node: NodeClient) async throws -> Value {
    let (status, data) = try await node.send(method, path, body: body)
    if (200..<300).contains(status) { return try node.decode(Value.self, from: data) }
    let message = node.message(in: data) ?? "\(node.url) answered \(status)"
    if status == 400 || status == 404 || status == 409 { throw InputError(description: message) }
    let cure = status == 401 || status == 403 ? ": set PERIGEE_API_KEY to a key of scope admin" : ""
    throw Failure(description: message + cure)
  }
}
