import Decisions
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct UpstreamResponseTests {
  private func kind(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, stream: Bool = false
  ) -> Result<UpstreamResponse.Kind, UpstreamResponse.Unusable> {
    var response = UpstreamResponse(
      isStream: stream, maximumBytes: 1000, maximumEventBytes: 1000)
    return Result { () throws(UpstreamResponse.Unusable) in
      try response.receive(
        head: HTTPResponseHead(version: .http1_1, status: status, headers: headers))
    }
  }

  private func fault(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, stream: Bool = false
  ) -> Fault? {
    if case .failure(let unusable) = kind(status, headers, stream: stream) { return unusable.fault }
    return nil
  }

  @Test func tellsAnswersApart() {
    let json: HTTPHeaders = ["content-type": "application/json; charset=utf-8"]
    #expect(kind(.ok, json) == .success(.json))
    #expect(kind(.ok, [:]) == .success(.json))
    #expect(kind(.ok, ["content-type": "application/problem+json"]) == .success(.json))
    #expect(
      kind(.ok, ["content-type": "Text/Event-Stream;charset=utf-8"], stream: true)
        == .success(.events))
    #expect(kind(.badRequest, ["content-type": "text/html"]) == .success(.rejection))
    #expect(kind(.tooManyRequests, json) == .success(.failure(.providerRateLimited)))
    for status in [HTTPResponseStatus.badRequest, .unprocessableEntity, .payloadTooLarge] {
      #expect(kind(status, json, stream: true) == .success(.rejection))
    }
    for status in [
      HTTPResponseStatus.unauthorized, .paymentRequired, .forbidden, .notFound, .methodNotAllowed,
    ] {
      #expect(kind(status, json) == .success(.failure(.providerRefused)))
    }
    for status in [HTTPResponseStatus.requestTimeout, .conflict, .internalServerError, .badGateway]
    {
      #expect(kind(status, json) == .success(.failure(.providerError)))
    }
  }

  @Test func refusesWhatCannotBeUsed() {
    #expect(fault(.ok, ["content-type": "text/html"]) == .providerBadAnswer)
    #expect(fault(.ok, ["content-type": "application/json"], stream: true) == .providerBadAnswer)
    #expect(fault(.ok, [:], stream: true) == .providerBadAnswer)
    #expect(fault(.movedPermanently, [:]) == .providerBadAnswer)
    #expect(fault(.ok, ["content-encoding": "gzip"]) == .providerBadAnswer)
    #expect(fault(.ok, ["content-length": "1001"]) == .providerTooLarge)
  }

  @Test func boundsTheBody() throws {
    var response = UpstreamResponse(isStream: false, maximumBytes: 10, maximumEventBytes: 10)
    _ = try response.receive(head: HTTPResponseHead(version: .http1_1, status: .ok))
    try response.receive(body: ByteBuffer(string: "12345"))
    try response.receive(body: ByteBuffer(string: "67890"))
    #expect(String(buffer: response.body) == "1234567890")
    #expect(throws: UpstreamResponse.Unusable.self) {
      try response.receive(body: ByteBuffer(string: "x"))
    }
  }

  @Test func showsOnlyWhatClientsMaySee() throws {
    var response = UpstreamResponse(isStream: false, maximumBytes: 10, maximumEventBytes: 10)
    let head = HTTPResponseHead(
      version: .http1_1, status: .tooManyRequests,
      headers: [
        "Content-Type": "application/json", "Retry-After": "3", "X-RateLimit-Remaining-Tokens": "0",
        "OpenAI-Processing-Ms": "4", "Server": "secret", "Set-Cookie": "a=b",
        "Connection": "keep-alive", "Transfer-Encoding": "chunked", "X-Request-Id": "theirs",
      ])
    _ = try response.receive(head: head)
    #expect(
      response.visibleFields().map(\.0)
        == ["Content-Type", "Retry-After", "X-RateLimit-Remaining-Tokens", "OpenAI-Processing-Ms"])
  }
}
