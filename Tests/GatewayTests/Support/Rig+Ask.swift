import Dialects

@testable import Gateway

/// One request to a gateway whose only backend calls the model `theirs` and speaks `apis`.
extension Rig {
  static func ask(
    _ path: String, _ body: String, _ steps: [MockBackend.Step], apis: [Family] = [.chat],
    headers: [String] = [], then check: (RawClient.Response, Rig) async throws -> Void
  ) async throws {
    try await Rig.run(
      steps,
      router: {
        TestRouter([("b0", $0[0].endpoint)], renames: ["b0": "theirs"], apis: ["b0": apis])
      }
    ) { rig in
      let client = try await rig.client()
      try await client.post(path, body, headers: headers)
      let response = try await client.response()
      await client.close()
      try await check(response, rig)
    }
  }

  static func ask(
    _ path: String, _ body: String, _ steps: [MockBackend.Step], apis: [Family] = [.chat],
    headers: [String] = []
  ) async throws -> RawClient.Response {
    var result = RawClient.Response()
    try await ask(path, body, steps, apis: apis, headers: headers) { response, _ in
      result = response
    }
    return result
  }
}
