import Fleet
import Foundation
import TestSupport
import Testing

@Suite("Manifests damaged at random")
struct FuzzTests {
  /// How many damaged copies of each manifest are read; PERIGEE_FUZZ_ROUNDS asks for more.
  private static let rounds =
    ProcessInfo.processInfo.environment["PERIGEE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 60

  /// Pieces that a damaged manifest may get in a wrong place.
  private static let pieces = [
    "name: x\n", "  ", "\t", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "'", "\"", "|\n", ">\n",
    "!!int ", "!x ", "#", "\n", "---\n", "...\n", "? ", "%YAML 1.1\n", "null", "~", "-1", "1e999",
    "nan", "9999999999999999999", "\u{FEFF}", "\u{85}", "\u{2028}", "é", "😀", "\r", "<<: *a\n",
    "5 parsec", "kind: geo\n", "position: [1, 2]\n", "550 km",
  ]

  private static func damaged(_ text: String, using random: inout Seeded) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0...scalars.count, using: &random)
      let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: scalars.removeSubrange(at..<end)
      case 1:
        scalars.insert(contentsOf: pieces.randomElement(using: &random)!.unicodeScalars, at: at)
      case 2: scalars.insert(contentsOf: scalars[at..<end], at: at)
      case 3: scalars.removeSubrange(at...)
      default:
        let from = Int.random(in: 0...scalars.count, using: &random)
        let piece = scalars[from..<min(scalars.count, from + 40)]
        scalars.insert(contentsOf: piece, at: at)
      }
      if scalars.isEmpty { break }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  @Test(
    "each is a fleet, or problems inside the text, in order, each with a cure",
    arguments: Manifests.examples + ["mistakes", "small"])
  func damagedManifests(_ name: String) throws {
    let text =
      switch name {
      case "mistakes": MistakesTests.manifest
      case "small": Small.manifest()
      default: try Manifests.example(name)
      }
    var random = Seeded(UInt64(name.utf8.count))
    for _ in 0..<Self.rounds {
      let yaml = Self.damaged(text, using: &random)
      let problems = Manifests.problems(of: yaml)
      expectPlaced(problems, in: yaml)
    }
  }

  private func expectPlaced(_ problems: [FleetProblem], in yaml: String) {
    let lines =
      yaml.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    for problem in problems {
      #expect((1...lines).contains(problem.line), "\(problem)\n\(yaml)")
      #expect(problem.column >= 1)
      #expect(problem.file == "fleet.yaml")
      #expect(!problem.message.isEmpty && !problem.cure.isEmpty)
    }
    let places = problems.map { [$0.line, $0.column] }
    #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
  }
}
