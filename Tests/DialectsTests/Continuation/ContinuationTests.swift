import Foundation
import TestSupport
import Testing

@testable import Dialects

@Suite struct ContinuationTests {
  private static func chunk(_ content: String, finish: String = "null", more: String = "") -> String
  {
    "{\"id\":\"a\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
      + "\"delta\":{\"content\":\"\(content)\"\(more)},\"finish_reason\":\(finish)}]}"
  }

  private static func text(_ content: String) -> String {
    "{\"id\":\"t\",\"choices\":[{\"index\":0,\"text\":\"\(content)\",\"finish_reason\":null}]}"
  }

  private func answer(
    _ events: [String], _ form: StreamedAnswer.Form = .chat
  ) -> StreamedAnswer {
    var answer = StreamedAnswer(form)
    for event in events { Array(event.utf8).withUnsafeBytes { answer.follow($0) } }
    return answer
  }

  private func sequel(
    _ events: [String], to body: String, _ form: StreamedAnswer.Form = .chat
  ) -> Sequel {
    Array(body.utf8).withUnsafeBytes { answer(events, form).sequel(to: $0) }
  }

  private func request(
    _ events: [String], _ body: String, model: String? = nil, _ form: StreamedAnswer.Form = .chat
  ) -> String? {
    guard case .ask(let continuation) = sequel(events, to: body, form) else { return nil }
    let bytes = Array(body.utf8)
    let pieces = continuation.body(model: model).flatMap { piece -> [UInt8] in
      switch piece {
      case .original(let place): Array(bytes[place])
      case .new(let bytes): bytes
      }
    }
    return String(decoding: pieces, as: UTF8.self)
  }

  @Test func whatIsNotChangedStaysByteForByte() {
    let body =
      #"{ "x":1e-07, "messages" : [ {"role":"user","content":"h\u00e9\/"} ] ,"#
      + #""model":"m","max_tokens": 9,"seed":7 ,"stream":true,"tools":[{"k":null}] }"#
    let expected =
      #"{ "x":1e-07, "messages" : [ {"role":"user","content":"h\u00e9\/"} "#
      + #",{"role":"assistant","content":"So \"far\"\n\u0001.😀"}] ,"#
      + #""model":"other","max_tokens": 7,"seed":7 ,"stream":true,"tools":[{"k":null}] "#
      + #","continue_final_message":true,"add_generation_prompt":false}"#
    let events = [Self.chunk(#"So \"far\""#), Self.chunk(#"\n\u0001.\ud83d\ude00 \n"#)]
    #expect(request(events, body, model: "other") == expected)
  }

  @Test func flagsThatAreThereAreReplaced() {
    let body =
      #"{"add_generation_prompt":true,"messages":[{"content":"x","role":"user"}],"#
      + #""continue_final_message":false}"#
    let expected =
      #"{"add_generation_prompt":false,"messages":[{"content":"x","role":"user"},"#
      + #"{"role":"assistant","content":"a"}],"continue_final_message":true}"#
    #expect(request([Self.chunk("a")], body) == expected)
  }

  @Test func anOpenMessageOfTheCallerIsGoneOnWith() {
    let messages = #""messages":[{"role":"assistant","content":"Yes"}]"#
    #expect(
      request([Self.chunk(", a")], "{\(messages),\"continue_final_message\":true}")
        == #"{"messages":[{"role":"assistant","content":"Yes, a"}],"continue_final_message":true,"#
        + #""add_generation_prompt":false}"#)
    #expect(request([Self.chunk(", a")], "{\(messages)}") == nil)
  }

  @Test func completionsGoOnWithThePrompt() {
    #expect(
      request([Self.text("b "), Self.text("c ")], #"{"prompt":"a","min_tokens":1}"#, .completions)
        == #"{"prompt":"ab c","min_tokens":0}"#)
    #expect(request([Self.text("b")], #"{"prompt":["a"]}"#, .completions) == nil)
  }

  @Test(arguments: [
    #""n":2"#, #""logprobs":true"#, #""top_logprobs":2"#, #""echo":true"#,
    #""audio":{"voice":"x"}"#,
    #""modalities":["text","audio"]"#, #""response_format":{"type":"json_object"}"#,
    #""response_format":{"type":"json_schema","json_schema":{}}"#, #""guided_regex":"a+""#,
    #""tool_choice":"required""#, #""tool_choice":{"type":"function"}"#, #""grammar":"root ::= x""#,
  ])
  func whatDoesNotSurviveASeamIsNotContinued(field: String) {
    let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\(field)}"
    guard case .none = sequel([Self.chunk("a")], to: body) else {
      Issue.record("continued in spite of \(field)")
      return
    }
  }

  @Test(arguments: [
    #""n":1"#, #""logprobs":false"#, #""response_format":{"type":"text"}"#,
    #""tool_choice":"auto""#,
    #""modalities":["text"]"#, #""stop":null"#, #""guided_json":null"#, #""unknown":{"deep":[1]}"#,
  ])
  func theRestIs(field: String) {
    #expect(
      request([Self.chunk("a")], "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\(field)}")
        != nil)
  }

  @Test(arguments: [
    #","tool_calls":[{"index":0,"id":"c"}]"#, #","reasoning_content":"hm""#, #","refusal":"no""#,
    #","function_call":{"name":"f"}"#, #","audio":{"id":"x"}"#,
  ])
  func answersOfMoreThanTextAreNotContinued(more: String) {
    let body = #"{"messages":[{"role":"user","content":"x"}]}"#
    #expect(request([Self.chunk("a", more: more)], body) == nil)
    #expect(request([Self.chunk("a", more: #","tool_calls":[],"refusal":null"#)], body) != nil)
  }

  @Test func aWholeAnswerIsClosed() {
    let body = #"{"messages":[{"role":"user","content":"x"}],"tools":[]}"#
    let call = #","tool_calls":[{"index":0,"id":"c"}]"#
    let events = [Self.chunk("", more: call), Self.chunk("", finish: "\"tool_calls\"")]
    guard case .close(let rest) = sequel(events, to: body) else {
      Issue.record("a whole answer was not closed")
      return
    }
    #expect(rest.isEmpty)
  }

  private func joined(
    _ before: [String], _ after: [String], stop: String = "null"
  ) -> (text: String, passage: Continuation.Passage?) {
    let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stop\":\(stop)}"
    var answer = answer(before)
    guard case .ask(var continuation) = sequel(before, to: body) else { return ("", nil) }
    var seen = SeenAnswer()
    var passage: Continuation.Passage?
    for event in after + ["[DONE]"] {
      let next =
        event == "[DONE]"
        ? continuation.finish(into: &answer)
        : Array(event.utf8).withUnsafeBytes { continuation.receive($0, into: &answer) }
      passage = next
      switch next {
      case .write(let events):
        for event in events { seen.read(String(decoding: event, as: UTF8.self)) }
      case .end(let events):
        for event in events { seen.read(String(decoding: event, as: UTF8.self)) }
        return (String(decoding: seen.units, as: UTF16.self), next)
      case .failed, .unfit: return (String(decoding: seen.units, as: UTF16.self), next)
      }
    }
    return (String(decoding: seen.units, as: UTF16.self), passage)
  }

  @Test func aStopAcrossTheSeamEndsTheAnswer() {
    let one = joined(
      [Self.chunk("one EN")], [Self.chunk("D"), Self.chunk(" more")], stop: #""END""#)
    #expect(one.text == "")
    guard case .end(let events)? = one.passage, let event = events.first else {
      Issue.record("not ended: \(one)")
      return
    }
    #expect(String(decoding: event, as: UTF8.self).contains(#""finish_reason":"stop""#))
    let several = joined(
      [Self.chunk("ab\\n")], [Self.chunk("\\n"), Self.chunk("\\n#x")], stop: ##"["q","\n\n#"]"##)
    #expect(several.text == "")
    #expect(joined([Self.chunk("one EN")], [Self.chunk("d")], stop: #""END""#).text == "d")
    #expect(joined([Self.chunk("one EN")], [Self.chunk("D")]).text == "D")
  }

  @Test func whiteSpaceIsNotDoubled() {
    #expect(
      joined([Self.chunk("a  ")], [Self.chunk(" "), Self.chunk(" "), Self.chunk("b")]).text == "b")
    #expect(joined([Self.chunk("a ")], [Self.chunk("   b")]).text == "  b")
    #expect(joined([Self.chunk("a\\n")], [Self.chunk(" b")]).text == " b")
    #expect(joined([Self.chunk("a\u{3000}")], [Self.chunk("\u{3000}\u{3001}")]).text == "\u{3001}")
    #expect(joined([Self.chunk("a ")], [Self.chunk("b")]).text == "b")
  }

  @Test func aBeginningThatComesAgainIsNoContinuation() {
    let begun = "It was the best of times"
    let again = joined(
      [Self.chunk(begun)], [Self.chunk("It was the"), Self.chunk(" best of times")])
    #expect(again.text == "" && again.passage == .unfit(.startsOver))
    #expect(
      joined([Self.chunk(begun)], [Self.chunk("\\n It"), Self.chunk(" was not")]).text
        == "\n It was not")
    #expect(
      joined([Self.chunk("It")], [Self.chunk("It"), Self.chunk(" was")]).passage
        == .unfit(.startsOver))
    #expect(joined([Self.chunk(begun)], [Self.chunk("It")]).text == "It")
  }

  @Test func anErrorInTheStreamIsSeen() {
    let error = #"{"error":{"message":"out of memory"}}"#
    #expect(joined([Self.chunk("a")], [error]).passage == .failed)
    #expect(answer([Self.chunk("a"), error]).endedInError)
  }

  @Test func longTextIsNotKept() {
    var answer = StreamedAnswer(.chat, maximumBytes: 100)
    for _ in 0..<20 { Array(Self.chunk("0123456789").utf8).withUnsafeBytes { answer.follow($0) } }
    #expect(answer.obstacle == .tooLong)
  }

  /// Whatever comes, nothing traps, and what is written is JSON.
  @Test func fuzz() {
    var random = Seeded(11)
    let model = FixedModel.odd
    let body = Array(
      #"{"messages":[{"role":"user","content":"x"}],"stop":["é","\n\n"],"max_tokens":50}"#.utf8)
    let events = model.stream(for: body).map { Array($0.utf8.dropFirst(6).dropLast(2)) }
    for _ in 0..<3000 {
      var answer = StreamedAnswer(Bool.random(using: &random) ? .chat : .completions)
      func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard Int.random(in: 0..<4, using: &random) == 0, !bytes.isEmpty else { return bytes }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.removeSubrange(place...)
        }
        return bytes
      }
      let cut = Int.random(in: 0..<events.count, using: &random)
      for event in events[..<cut] { damaged(event).withUnsafeBytes { answer.follow($0) } }
      let asked = damaged(body)
      guard case .ask(var continuation) = asked.withUnsafeBytes({ answer.sequel(to: $0) }) else {
        continue
      }
      let sent = continuation.body(model: "m\"").flatMap { piece -> [UInt8] in
        switch piece {
        case .original(let place): Array(asked[place])
        case .new(let bytes): bytes
        }
      }
      #expect(sent.withUnsafeBytes { JSONScanner.isValid($0) })
      for event in events[Int.random(in: 0..<events.count, using: &random)...] {
        let passage = damaged(event).withUnsafeBytes { continuation.receive($0, into: &answer) }
        guard case .write(let written) = passage else { break }
        for event in written { #expect(event.withUnsafeBytes { JSONScanner.isValid($0) }) }
      }
      _ = continuation.finish(into: &answer)
    }
  }
}
