import Foundation
import Testing

@testable import Orbits

/// The articles' Swift, compiled and run.
///
/// `Snippets.swift` holds the same lines between `// ARTICLE` marks; this test compares them, so that an
/// article can't show what does not compile.
struct SnippetTests {
  private static let package = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: package.appendingPathComponent(path), encoding: .utf8)
  }

  /// The lines of all Swift blocks of an article.
  private static func shown(in article: String) throws -> [String] {
    var lines: [String] = []
    var isCode = false
    for line in try text("Sources/Orbits/Orbits.docc/\(article).md")
      .split(separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("```") {
        isCode = line == "```swift"
      } else if isCode {
        lines.append(String(line))
      }
    }
    return lines
  }

  /// The lines after an article's marks in the compiled file, without their indentation of two.
  private static func compiled(for article: String) throws -> [String] {
    var lines: [String] = []
    var isShown = false
    for line in try text("Tests/OrbitsTests/Documentation/Snippets.swift")
      .split(separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("  // ") {
        isShown = line == "  // \(article)"
      } else if line == "}" {
        isShown = false
      } else if isShown {
        lines.append(String(line.dropFirst(2)))
      }
    }
    return lines
  }

  @Test(arguments: ["GettingStarted", "Accuracy", "Performance"])
  func articlesShowWhatIsCompiled(_ article: String) throws {
    let shown = try Self.shown(in: article)
    #expect(!shown.isEmpty)
    #expect(shown == (try Self.compiled(for: article)))
  }

  @Test func snippetsRun() async throws {
    let text = try Fixture.text("passes.omm.csv").split(separator: "\n")
    let iss = try #require(text.first { $0.contains("ISS (ZARYA)") })
    let output = try await snippets(
      text: "\(text[0])\n\(iss)\n", finals: try Fixture.text("finals2000A-excerpt.txt"))
    #expect(output > 20)
  }
}
