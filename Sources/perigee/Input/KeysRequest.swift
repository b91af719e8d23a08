import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A request to a node's control API about keys.
struct KeysRequest {
  private let method: String
  private let path: String
  private let body: Data?

  init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
    body = nil
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

  private struct Problem: Decodable {
    struct Message: Decodable { var message: String }
    var error: Message
  }

  /// Asks the node at `url`.
  func send<Value: Decodable>(to url: String) async throws -> Value {
    guard let target = URL(string: url + path), ["http", "https"].contains(target.scheme),
      target.host != nil
    else { throw InputError(description: "--url \(url) is no URL: write http://127.0.0.1:8080") }
    var request = URLRequest(url: target)
    request.httpMethod = method
    request.httpBody = body
    if let key = ProcessInfo.processInfo.environment["PERIGEE_API_KEY"] {
      request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
    }
    let (data, response): (Data, URLResponse)
    do {
      (data, response) = try await URLSession.shared.data(for: request)
    } catch {
      throw Failure(
        description:
          "\(url) can't be asked: \(error.localizedDescription); is a node running there?")
    }
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    guard (200..<300).contains(status) else {
      let message =
        (try? JSONDecoder().decode(Problem.self, from: data))?.error.message
        ?? "\(url) answered \(status)"
      if status == 400 || status == 404 || status == 409 { throw InputError(description: message) }
      let cure =
        status == 401 || status == 403 ? ": set PERIGEE_API_KEY to a key of scope admin" : ""
      throw Failure(description: message + cure)
    }
    guard let value = try? JSONDecoder().decode(Value.self, from: data) else {
      throw Failure(description: "\(url) does not answer as a perigee node does: is it one?")
    }
    return value
  }
}
