import Dialects
import Links
import NIOHTTP1
import Orbits
import Testing

@testable import Gateway

@Suite struct AccessTests {
  private func status(
    _ headers: HTTPHeaders, keys: [String] = [], host: String = "127.0.0.1",
    isPublic: Bool = false
  ) -> UInt? {
    let configuration = GatewayConfiguration(host: host, keys: keys.map { Secret($0) })
    do throws(APIError) {
      let rules = AccessRules(configuration, accounts: PlainKeys(configuration.keys))
      _ = try rules.caller(headers, isPublic: isPublic, at: UTC(nanosecondsSince1970: 0))
      return nil
    } catch {
      return error.status.code
    }
  }

  @Test func rightsAndAnswersGoByTheSamePath() {
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "?/api/keys")
    #expect(head.path == "" && head.query == "/api/keys")
    let usual = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/api/audit?limit=1?2")
    #expect(usual.path == "/api/audit" && usual.query == "limit=1?2")
  }

  @Test func countsBeyondAnyModelAreNotBelieved() {
    let usage = AnswerUsage(input: .max, output: .min)
    #expect(usage == AnswerUsage(input: AnswerUsage.mostTokens, output: 0))
  }

  @Test(arguments: [
    "localhost", "localhost:8080", "127.0.0.1:9", "[::1]:80", "[::1]", "LOCALHOST:1",
  ])
  func thisMachinesNames(_ host: String) { #expect(status(["host": host]) == nil) }

  @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1", ""])
  func otherNamesAreRefused(_ host: String) { #expect(status(["host": host]) == 421) }

  @Test func keysReplaceTheHostCheck() {
    let good: HTTPHeaders = ["host": "gw.example", "authorization": "Bearer k1"]
    #expect(status(good, keys: ["k0", "k1"]) == nil)
    #expect(status(["authorization": "bearer k1"], keys: ["k1"]) == nil)
    #expect(status(["x-api-key": "k1"], keys: ["k1"]) == nil)
    for wrong in ["k", "k11", "K1", "", "k1 "] {
      #expect(status(["authorization": "Bearer \(wrong)"], keys: ["k1"]) == 401)
    }
    #expect(status([:], keys: ["k1"]) == 401)
    #expect(status([:], keys: ["k1"], isPublic: true) == nil)
    #expect(status(["authorization": "Basic k1"], keys: ["k1"]) == 401)
  }

  @Test func pagesOfOtherSitesAreRefused() {
    let host = "localhost:8080"
    #expect(status(["host": host, "origin": "http://localhost:8080"]) == nil)
    #expect(status(["host": host, "origin": "http://evil.example"]) == 403)
    #expect(status(["host": host, "origin": "http://localhost:3000"]) == 403)
    #expect(status(["host": host, "origin": "null"]) == 403)
    #expect(status(["host": host, "origin": "tauri://localhost"]) == nil)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true),
    ("0.0.0.0", false), ("192.168.1.2", false), ("127.0.0.1.example", false), ("::", false),
    ("127.0.0.256", false), ("gw.example", false),
  ])
  func knowsLoopback(_ host: String, _ isLoopback: Bool) {
    #expect(GatewayConfiguration(host: host).isLoopback == isLoopback)
  }

  @Test func routes() {
    #expect(Route(method: .POST, uri: "/v1/chat/completions?x=1") == .inference(.chatCompletions))
    #expect(Route(method: .GET, uri: "/v1/embeddings") == .wrongMethod(allow: "POST"))
    #expect(Route(method: .HEAD, uri: "/v1/models") == .models)
    #expect(Route(method: .GET, uri: "/v1/models/org%2Fname%20x") == .model("org/name x"))
    #expect(Route(method: .GET, uri: "/v1/models/org/name") == .model("org/name"))
    #expect(Route(method: .GET, uri: "/v1/models/100%") == .model("100%"))
    #expect(Route(method: .POST, uri: "/v1/models") == .wrongMethod(allow: "GET, HEAD"))
    #expect(Route(method: .GET, uri: "/v1/files") == .work)
    #expect(Route(method: .GET, uri: "/v1") == .unknown)
    #expect(Route(method: .GET, uri: "/v1x") == .control)
    #expect(Route(method: .GET, uri: "/metrics") == .control)
    #expect(Route(method: .GET, uri: "/health") == .health)
  }

  @Test func idsAreUniqueAndSorted() {
    var ids = RequestIDs(seed: 0x1234_5678_9abc_def0)
    let start = UTC(year: 2026, month: 11, day: 25)
    let made = (0..<5000).map { ids.next(at: start.adding(seconds: Double($0) / 2000)) }
    #expect(made == made.sorted())
    #expect(Set(made).count == made.count)
    #expect(made.allSatisfy { $0.hasPrefix("req_") && $0.utf8.count == 30 })
  }

  @Test func jsonTextIsEscaped() {
    #expect(JSONText.quoted("a\"b\\c\n\u{1}é") == #""a\"b\\c\n\u0001é""#)
    #expect(JSONText.quotedOrNull(nil) == "null")
  }
}
