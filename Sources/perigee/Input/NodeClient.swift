import ArgumentParser
import Foundation
import Links

/// The options by which a command finds a running node.
struct NodeAddress: ParsableArguments {
  @Option(help: "The node.")
  var url: String = "http://127.0.0.1:8080"

  @Option(help: "A PEM file of certificate authorities to trust beside the system's.")
  var ca: String?

  /// The node that the options name.
  func client() throws -> NodeClient { try NodeClient(url: url, ca: ca) }
}

/// A running node, asked over its API. The key is `PERIGEE_API_KEY`'s.
struct NodeClient: Sendable {
  let url: String
  private let endpoint: Endpoint
  private let call: HTTPCall

  init(url: String, ca: String? = nil) throws {
    guard let target = URL(string: url), let scheme = target.scheme, let host = target.host,
      ["http", "https"].contains(scheme)
    else {
      throw InputError(description: "--url \(url) is no URL: write http://127.0.0.1:8080")
    }
    self.url = url
    let key = ProcessInfo.processInfo.environment["PERIGEE_API_KEY"].map { Secret($0) }
    endpoint = Endpoint(
      host: host.trimmingCharacters(in: ["[", "]"]),
      port: target.port ?? (scheme == "https" ? 443 : 80), tls: scheme == "https",
      basePath: target.path, authorization: key)
    do {
      call = HTTPCall(
        dialer: try Dialer(additionalTrustFiles: ca.map { [$0] } ?? []), timeout: .seconds(60))
    } catch {
      guard let ca else {
        throw Failure(description: "the system's certificate authorities can't be read: \(error)")
      }
      throw InputError(
        description: "--ca \(ca) can't be used: give a PEM file of certificates (\(error))")
    }
  }

  /// What the node answers to `GET path`; `missing` says what a 404 means.
  func get(_ path: String, missing: String? = nil) async throws -> Data {
    let (status, data) = try await send("GET", path)
    if status == 200 { return data }
    if status == 404, let missing { throw Failure(description: "\(url) \(missing)") }
    throw failure(status, data)
  }

  /// The status and the body that the node answers with, whatever they are; `body` is JSON.
  func send(
    _ method: String, _ path: String, body: Data = Data()
  ) async throws -> (status: Int, body: Data) {
    do {
      let answer = try await call.send(
        method, path, to: endpoint,
        headers: body.isEmpty ? [] : [("content-type", "application/json")], body: Array(body))
      return (answer.status, Data(answer.body))
    } catch HTTPCall.Problem.notConnected(let reason) {
      throw Failure(
        description: endpoint.tls
          ? "\(url) can't be asked (\(reason)): does a node serve there? `--ca FILE` trusts a "
            + "certificate authority of your own"
          : "no node answers at \(url): start one with `perigee up FLEET`")
    } catch let problem as HTTPCall.Problem {
      throw Failure(description: "\(url) can't be asked: \(problem)")
    }
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
    let message = message(in: data).map { ": \($0)" } ?? ""
    return Failure(description: "\(url) answered \(status)\(message)")
  }

  /// What an answer says is wrong, if it says so.
  func message(in data: Data) -> String? {
    (try? JSONDecoder().decode(Problem.self, from: data))?.error.message
  }

  private struct Problem: Decodable {
    struct Message: Decodable { var message: String }
    var error: Message
  }
}
