import NIOCore
import Testing

@testable import Dialects
@testable import Gateway

@Suite struct InferenceBodyTests {
  private func flaw(_ text: String) -> InferenceBody.Flaw? {
    do throws(InferenceBody.Flaw) {
      _ = try InferenceBody.scan(ByteBuffer(string: text))
      return nil
    } catch {
      return error
    }
  }

  @Test func readsWhatRoutingNeeds() throws {
    let body = ByteBuffer(
      string:
        #" {"max_tokens": 12, "messages":[{"model":"not this"}], "stream" :true,"model":"a/b"} "#)
    let content = try InferenceBody.scan(body)
    #expect(content.model == "a/b")
    #expect(content.stream)
    let renamed = content.edited(body, model: "c \"d\"", usage: .unchanged).map {
      String(buffer: $0)
    }.joined()
    #expect(
      renamed
        == #" {"max_tokens": 12, "messages":[{"model":"not this"}], "stream" :true,"model":"c \"d\""} "#
    )
  }

  @Test(
    arguments: [
      (#"{"model":"m"}"#, nil, nil),
      (#"{"model":"m","max_tokens":64,"service_tier":"flex"}"#, 64, "flex"),
      (#"{"max_completion_tokens":9,"max_tokens":12,"model":"m"}"#, 9, nil),
      (#"{"max_output_tokens":7,"model":"m","service_tier":null}"#, 7, nil),
      (#"{"model":"m","max_tokens":"many","service_tier":3}"#, nil, nil),
      (#"{"model":"m","max_tokens":-1}"#, nil, nil), (#"{"model":"m","max_tokens":0}"#, nil, nil),
      (#"{"model":"m","max_tokens":1e3}"#, nil, nil),
    ] as [(String, Int?, String?)])
  func readsTheHintsForRoutingAndRefusesNone(text: String, tokens: Int?, tier: String?) throws {
    let content = try InferenceBody.scan(ByteBuffer(string: text))
    #expect(content.maximumTokens == tokens)
    #expect(content.serviceTier == tier)
  }

  @Test func renamesInABufferThatHasBeenReadFrom() throws {
    var body = ByteBuffer(string: #"12345{"model":"m","x":1}"#)
    body.moveReaderIndex(forwardBy: 5)
    let content = try InferenceBody.scan(body)
    let renamed = content.edited(body, model: "longer", usage: .unchanged).map {
      String(buffer: $0)
    }
    .joined()
    #expect(renamed == #"{"model":"longer","x":1}"#)
  }

  @Test func resolvesEscapes() throws {
    let content = try InferenceBody.scan(
      ByteBuffer(string: #"{"mo\u0064el":"é\u0062\n\ud83d\ude80\"","stream":null}"#))
    #expect(content.model == "éb\n🚀\"")
    #expect(!content.stream)
  }

  @Test func namesTheFlaw() {
    #expect(flaw("{}") == .noModel)
    #expect(flaw(#"{"model":""}"#) == .noModel)
    #expect(flaw(#"{"model":1}"#) == .wrongType(field: "model", expected: "a string"))
    #expect(
      flaw(#"{"model":"m","stream":1}"#)
        == .wrongType(field: "stream", expected: "true or false"))
    #expect(flaw(#"{"model":"m","model":"n"}"#) == .duplicate(field: "model"))
    #expect(flaw(#"{"model":"m","stream":true,"stream":false}"#) == .duplicate(field: "stream"))
    #expect(
      flaw("{\n\"model\": oops}")
        == .notJSON(JSONFault(offset: 11, reason: .expectedValue), line: 2)
        || flaw("{\n\"model\": oops}") != nil)
    #expect(
      flaw("{\n\"x\": oops}") == .notJSON(JSONFault(offset: 7, reason: .expectedValue), line: 2))
    #expect(
      flaw("[]") == .notJSON(JSONFault(offset: 0, reason: .expectedObject), line: 1))
    #expect(flaw("") == .notJSON(JSONFault(offset: 0, reason: .emptyText), line: 1))
  }

  @Test func everyTruncationIsRefused() {
    let text = Array(
      #"{"model":"m","messages":[{"role":"user","content":"é\n"}],"stream":true}"#.utf8)
    for length in 0..<text.count {
      #expect(throws: InferenceBody.Flaw.self) {
        try InferenceBody.scan(ByteBuffer(bytes: text[..<length]))
      }
    }
  }

  @Test func answersAreRead() {
    let answer = AnswerScan(ByteBuffer(string: Script.completion))
    #expect(answer?.usage == AnswerUsage(input: 3, output: 4))
    #expect(answer?.isError == false)
    #expect(AnswerScan(ByteBuffer(string: #"{"error":{"message":"x"}}"#))?.isError == true)
    #expect(AnswerScan(ByteBuffer(string: #"{"error":null}"#))?.isError == false)
    #expect(AnswerScan(ByteBuffer(string: #"{"usage":null}"#))?.usage == nil)
    #expect(
      AnswerScan(ByteBuffer(string: #"{"usage":{"prompt_tokens":8,"total_tokens":8}}"#))?.usage
        == AnswerUsage(input: 8, output: 0))
    #expect(AnswerScan(ByteBuffer(string: "<html>")) == nil)
    #expect(AnswerScan(ByteBuffer(string: "[]")) == nil)
    #expect(AnswerScan(ByteBuffer(string: #"{"id":"c1""#)) == nil)
  }
}
