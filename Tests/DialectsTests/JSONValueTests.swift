import TestSupport
import Testing

@testable import Dialects

@Suite struct JSONValueTests {
  @Test func whatIsWrittenIsReadTheSame() throws {
    var random = RandomValues(1)
    for _ in 0..<500 {
      let value = random.json(depth: 5)
      #expect(try JSONValue.parse(value.bytes) == value)
    }
  }

  @Test func orderOfKeysAndSpellingOfNumbersAreKept() throws {
    let text = #"{"z":1.50,"a":12345678901234567890,"z":[1E2,-0.0],"e":{}}"#
    let value = try JSONValue.parse(text)
    #expect(value.serialized == text)
    #expect(value["z"] == .array([.number("1E2"), .number("-0.0")]))
    #expect(value["e"] == [:])
  }

  @Test func escapesAreResolvedAndLoneSurrogatesReplaced() throws {
    let value = try JSONValue.parse(#""\u00e9\ud83d\ude80\n\/\ud83d""#)
    #expect(value == "é🚀\n/\u{fffd}")
    #expect(value.serialized == #""é🚀\n/\#u{fffd}""#)
  }

  @Test func nullMembersReadAsAbsent() throws {
    let value = try JSONValue.parse(#"{"a":null,"b":{"c":true}}"#)
    #expect(value["a"] == nil)
    #expect(value["b"]?["c"]?.bool == true)
    #expect(value["b"]?["c"]?["d"] == nil)
  }

  @Test func depthAndNumberOfValuesAreBounded() {
    func fault(_ text: String) -> JSONFault.Reason? {
      do throws(JSONFault) {
        _ = try JSONValue.parse(text)
        return nil
      } catch {
        return error.reason
      }
    }
    let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(fault(deep(128)) == nil)
    #expect(fault(deep(129)) == .tooDeep)
    #expect(fault("[" + String(repeating: "0,", count: 1_000_000) + "0]") == .tooMany)
  }

  @Test func damagedTextIsReadExactlyWhereItIsStillJSON() {
    var random = RandomValues(2)
    for _ in 0..<3000 {
      let bytes = random.damaged(random.json(depth: 4).bytes)
      let isValid = bytes.withUnsafeBytes { JSONScanner.isValid($0) }
      #expect(((try? JSONValue.parse(bytes)) != nil) == isValid)
    }
  }
}
