import Testing

@testable import Links

@Suite struct EndpointTests {
  @Test func theNamesStayWhenTheConnectionGoesElsewhere() {
    let endpoint = Endpoint(
      host: "api.example.com", port: 443, tls: true, basePath: "v1/", localAddress: "10.0.0.2")
    #expect(endpoint.hostHeader == "api.example.com")
    #expect(endpoint.basePath == "/v1")
    let near = endpoint.through(host: "127.0.0.1", port: 4_711)
    #expect(near.connectHost == "127.0.0.1" && near.connectPort == 4_711)
    #expect(near.serverName == "api.example.com" && near.hostHeader == "api.example.com")
    #expect(near.localAddress == nil && near.isEmulated && !endpoint.isEmulated)
  }

  @Test(arguments: [
    ("a.example", 80, false, "a.example"), ("a.example", 443, false, "a.example:443"),
    ("a.example", 8_080, true, "a.example:8080"), ("::1", 80, false, "[::1]"),
    ("::1", 8_080, false, "[::1]:8080"),
  ])
  func theHostHeaderCarriesAPortWhereItMust(host: String, port: Int, tls: Bool, header: String) {
    #expect(Endpoint(host: host, port: port, tls: tls).hostHeader == header)
  }

  @Test(arguments: [("", ""), ("/", ""), ("/v1", "/v1"), ("v1", "/v1"), ("/a/b//", "/a/b")])
  func basePathsAreNormalised(given: String, normal: String) {
    #expect(Endpoint(host: "h", port: 1, basePath: given).basePath == normal)
  }

  @Test func aSecretNeverShowsItself() {
    let secret = Secret(" sk-very-secret\n")
    let endpoint = Endpoint(host: "h", port: 1, authorization: secret)
    var dumped = ""
    dump(endpoint, to: &dumped)
    let shown = [
      "\(secret)", String(reflecting: secret), "\(endpoint)", String(reflecting: endpoint),
      "\(secret as Any)", dumped, "\(Mirror(reflecting: secret).children.map { "\($0)" })",
    ]
    #expect(shown.allSatisfy { !$0.contains("very") })
    #expect("\(secret)" == "<secret>")
    #expect(secret.reveal() == "sk-very-secret")
    #expect(Secret(" \n").reveal() == "")
  }
}
