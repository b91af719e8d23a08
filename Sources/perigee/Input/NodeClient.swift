import ArgumentParser
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The options by which a command finds and asks a running node.
struct NodeOptionsGroup: ParsableArguments {
  @Option(help: "The node.")
  var url: String = "http://127.0.0.1:8080"

  @Option(help: "A PEM file of certificates to trust, for a node whose own no public authority signed.")
  var ca: String?

  /// The node that the options name.
  func client() throws -> NodeClient { try NodeClient(url: url, ca: ca) }
}

/// A running node, asked over its API. The key is `PERIGEE_API_KEY`'s.
struct NodeClient: Sendable {
  let url: String

  init(url: String, ca: String? = nil) throws {
    guard let target = URL(string: url), ["http", "https"].contains(target.scheme),
      target.host != nil
    else {
      throw InputError(description: "--url \(url) is no URL: write http://127.0.0.1:8080")
    }
    self.url = url
    guard let ca else { return }
    guard let text = try? String(contentsOfFile: ca, encoding: .utf8),
      text.contains("-----BEGIN CERTIFICATE-----")
    else {
      throw InputError(
        description: "--ca \(ca) holds no certificates: give a PEM file, as openssl writes them")
    }
    // The one way in which Foundation on Linux takes certificates: read when the first connection is made.
    setenv("URLSessionCertificateAuthorityInfoFile", ca, 1)
  }

  /// What the node answers to `GET path`; `missing` says what a 404 means.
  func get(_ path: String, missing: String? = nil) async throws -> Data {
    let (status, data) = try await send("GET", path)
    if status == 200 { return data }
    if status == 404, let missing { throw Failure(description: "\(url) \(missing)") }
    throw failure(status, data)
  }

  /// The status and the body that the node answers with, whatever they are.
  func send(_ method: String, _ path: String) async throws -> (status: Int, body: Data) {
    guard let target = URL(string: url + path) else {
      throw InputError(description: "\(path) can't be part of a URL: give an id as the node shows it")
    }
    var request = URLRequest(url: target)
    request.httpMethod = method
    if let key = ProcessInfo.processInfo.environment["PERIGEE_API_KEY"] {
      request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
    }
    let data: Data
    let response: URLResponse
    do {
      (data, response) = try await URLSession.shared.data(for: request)
    } catch let error as URLError where error.code == .cannotConnectToHost {
      throw Failure(description: "no node answers at \(url): start one with `perigee up FLEET`")
    } catch {
      throw Failure(
        description: "\(url) can't be asked: \(error.localizedDescription); give `--ca FILE` for a "
          + "certificate of your own")
    }
    guard let status = (response as? HTTPURLResponse)?.statusCode else {
      throw Failure(description: "\(url) answered no HTTP")
    }
    return (status, data)
  }

  /// A JSON answer as `Value`.
  func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw Failure(description: "\(url) does not answer as a perigee node does: is it one?")
    }
  }

  /// Why an answer is not what was asked for, in the node's own words where it has some.
  func failure(_ status: Int, _ data: Data) -> Failure {
    if status == 401 { return Failure(description: "\(url) wants a key: set PERIGEE_API_KEY") }
    let message = (try? JSONDecoder().decode(Problem.self, from: data))?.error.message
    return Failure(description: "\(url) answered \(status)\(message.map { ": \($0)" } ?? "")")
  }

  private struct Problem: Decodable {
    struct Message: Decodable { var message: String }
    var error: Message
  }
}
