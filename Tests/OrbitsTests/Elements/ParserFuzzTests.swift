import Foundation
import TestSupport
import Testing

@testable import Orbits

/// Damaged files of every form: never a crash, always elements or problems, and what comes out can be propagated
/// or is refused with a code.
struct ParserFuzzTests {
  /// How many damaged copies of each file are read; PERIGEE_FUZZ_ROUNDS asks for more.
  static let rounds =
    ProcessInfo.processInfo.environment["PERIGEE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 400

  /// Other rounds draw other damage where PERIGEE_FUZZ_SEED says so.
  static let seed =
    ProcessInfo.processInfo.environment["PERIGEE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// A parser to fuzz; PERIGEE_FUZZ_PARSER picks one of them by name.
  enum Parser: String, CaseIterable {
    case tle, csv, json, xml, kvn, oem

    static let chosen =
      ProcessInfo.processInfo.environment["PERIGEE_FUZZ_PARSER"].map { name in
        allCases.filter { $0.rawValue == name }
      } ?? allCases

    /// Good files of the form, which are then damaged.
    var files: [String] {
      switch self {
      case .tle:
        [
          "ISS (ZARYA)\n\(ISS.text)0 OTHER\n\(ISS.text)",
          ISS.text.split(separator: " ").joined(separator: " "),
        ]
      case .csv: [OMM.csv + OMM.row + "\n"]
      case .json: [OMM.json(), OMM.json("\"")]
      case .xml:
        [
          OMM.xml, OMM.xml.replacing("CALSPHERE 1", with: "<![CDATA[A]]>&amp;&#66;<!-- c -->"),
        ]
      case .kvn: [OMM.kvn, OMM.kvn + OMM.kvn.replacing("90.2176", with: "90.2176 [deg]")]
      case .oem: [OEM.kvn(OEM.states), OEM.xml(OEM.states)]
      }
    }
  }

  /// Pieces that a damaged file may get in a wrong place.
  static let pieces = [
    "<omm>", "</omm>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#x", "<?", "?>", "<!DOCTYPE ",
    "units=\"", "CCSDS_OMM_VERS = 2.0\n", "META_START\n", "META_STOP\n", "COVARIANCE_START\n",
    "COMMENT ", " = ", "[deg]", "\n1 25544U ", "\n2 25544  ", "1e308", "-1e-308", "9999999999",
    "\\u0",
    "\"\"", "2026-08-22T12:30:60", "null", "{\"", "\u{FEFF}", "🚀",
  ].map { Array($0.utf8) }

  static let alphabet = Array(
    "0123456789.-+eE \t\n\r,\"{}[]:\\AZIOazun_/#é\u{0}".utf8)

  @Test(arguments: Parser.chosen)
  func mutatedFilesNeverCrashTheParser(_ parser: Parser) {
    for (index, file) in parser.files.enumerated() {
      var rng = Seeded(Self.seed &* 1_000 &+ UInt64(index))
      let original = Array(file.utf8)
      for _ in 0..<Self.rounds {
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &rng) { Self.mutate(&bytes, &rng) }
        let text = String(decoding: bytes, as: UTF8.self)
        if parser == .oem { Self.expectEphemerisOrProblem(text) }
        Self.expectElementsOrProblems(text, &rng)
      }
    }
  }

  /// Elements that can be propagated or are refused with a code, and problems that name their place and cure.
  static func expectElementsOrProblems(_ text: String, _ rng: inout Seeded) {
    let parsed = ElementSet.parse(text)
    #expect(!parsed.elements.isEmpty || !parsed.problems.isEmpty)
    for set in parsed.elements {
      #expect(set.rangeError == nil)
      #expect((0...999_999_999).contains(set.catalogNumber))
      if let satellite = try? Satellite(set),
        let state = try? satellite.state(minutesSinceEpoch: 9)
      {
        #expect(state.positionKm.sum().isFinite)
      }
    }
    let format = ElementSetFormat.allCases.randomElement(using: &rng) ?? .csv
    expectCarriedOrTold(parsed.elements, format)
    for problem in parsed.problems {
      #expect(problem.line >= 1 && (problem.column ?? 1) >= 1)
      #expect(!problem.message.isEmpty && !problem.cure.isEmpty)
    }
  }

  /// What is written and read again is the same, but for what was told.
  static func expectCarriedOrTold(_ sets: [ElementSet], _ format: ElementSetFormat) {
    let written = ElementSet.write(sets, as: format)
    let read = ElementSet.parse(written.text)
    #expect(read.elements.count + written.unwritable.count == sets.count)
    guard !read.elements.isEmpty else { return }
    #expect(read.problems.isEmpty, "\(read.problems)\n\(written.text)")
    if written.changed.isEmpty, written.unwritable.isEmpty { #expect(read.elements == sets) }
  }

  static func expectEphemerisOrProblem(_ text: String) {
    do throws(ElementSetProblem) {
      let ephemeris = try OrbitEphemeris.parse(text)
      for segment in ephemeris.segments {
        #expect(!segment.states.isEmpty)
        let middle = segment.useableSpan.lowerBound.adding(seconds: 100.5)
        _ = try? segment.state(at: middle)
      }
    } catch {
      #expect(error.line >= 1 && !error.message.isEmpty && !error.cure.isEmpty)
    }
  }

  /// Files kept because they are awkward: the corpus.
  @Test(arguments: try Fixture.names(in: "corpus"))
  func corpusIsReadWithoutACrash(name: String) throws {
    let original = Array(try Fixture.text("corpus/\(name)").utf8)
    var rng = Seeded(Self.seed)
    for round in 0...Self.rounds / 4 {
      var bytes = original
      if round > 0 { Self.mutate(&bytes, &rng) }
      let text = String(decoding: bytes, as: UTF8.self)
      Self.expectElementsOrProblems(text, &rng)
      Self.expectEphemerisOrProblem(text)
    }
  }

  static func mutate(_ bytes: inout [UInt8], _ rng: inout Seeded) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &rng)
    let other = Int.random(in: 0..<bytes.count, using: &rng)
    let byte =
      Bool.random(using: &rng)
      ? alphabet[Int.random(in: 0..<alphabet.count, using: &rng)]
      : UInt8.random(in: 0...255, using: &rng)
    switch Int.random(in: 0..<9, using: &rng) {
    case 0: bytes[place] = byte
    case 1: bytes.insert(byte, at: place)
    case 2: bytes.remove(at: place)
    case 3: bytes.removeSubrange(min(place, other)..<max(place, other))
    case 4: bytes.insert(contentsOf: bytes[min(place, other)..<max(place, other)], at: place)
    case 5: bytes.swapAt(place, other)
    case 6, 7: bytes.insert(contentsOf: pieces.randomElement(using: &rng) ?? [], at: place)
    default: bytes.removeSubrange(place...)
    }
  }

  @Test func randomBytesAreAProblemAndNothingElse() {
    var rng = Seeded(1)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...300, using: &rng)).map { _ in
        UInt8.random(in: 0...255, using: &rng)
      }
      let parsed = ElementSet.parse(String(decoding: bytes, as: UTF8.self))
      #expect(parsed.elements.isEmpty && !parsed.problems.isEmpty)
    }
  }
}
