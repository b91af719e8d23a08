import Dialects
import Fleet
import Testing

@Suite("The families of API that a backend speaks")
struct APIsTests {
  @Test(
    "one or several, the first for translations",
    arguments: [
      ("", Backend.usualAPIs), ("api: chat", [.chat]), ("api: messages", [.messages]),
      ("api: [responses, chat, completions]", [Family.responses, .chat, .completions]),
    ])
  func families(_ text: String, _ expected: [Family]) throws {
    #expect(try Manifests.load(Small.manifest(backend: text)).backends[0].apis == expected)
  }

  @Test(
    "a mistake has its line and a cure",
    arguments: [
      ("api: chatt", "is not a family of APIs", "chat"),
      ("api: []", "speaks no family", "[chat, completions]"),
      ("api: completions", "cannot be translated to older completions", "[chat, completions]"),
      ("api: {chat: true}", "expected a family of APIs", "chat"),
    ])
  func mistakes(_ text: String, _ message: String, _ cure: String) {
    let problems = Manifests.problems(of: Small.manifest(backend: text))
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains(message) == true, "\(problems)")
    #expect(problems.first?.cure.contains(cure) == true, "\(problems)")
    #expect(problems.first?.path.hasPrefix("backends[0].api") == true)
  }
}
