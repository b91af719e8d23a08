import Testing

@testable import Orbits

/// Damaged files of every form: never a crash, always elements or problems, and what comes out can be propagated
/// or is refused with a code.
struct ParserFuzzTests {
  static let seeds = [
    "ISS (ZARYA)\n\(ISS.text)0 OTHER\n\(ISS.text)", OMM.csv + OMM.row + "\n", OMM.json(),
    OMM.json("\""), ISS.text.split(separator: " ").joined(separator: " "),
  ]

  static let alphabet = Array(
    "0123456789.-+eE \t\n\r,\"{}[]:\\AZIOazun_/#é\u{0}".utf8)

  @Test(arguments: 0..<5)
  func mutatedFilesNeverCrashTheParsers(seed: Int) {
    var rng = SplitMix(seed: UInt64(seed) + 1)
    let original = Array(Self.seeds[seed].utf8)
    for _ in 0..<1_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...6, using: &rng) { mutate(&bytes, &rng) }
      let parsed = ElementSet.parse(String(decoding: bytes, as: UTF8.self))
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
      for problem in parsed.problems {
        #expect(problem.line >= 1 && (problem.column ?? 1) >= 1)
        #expect(!problem.message.isEmpty && !problem.cure.isEmpty)
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ rng: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &rng)
    let other = Int.random(in: 0..<bytes.count, using: &rng)
    let byte =
      Bool.random(using: &rng)
      ? Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &rng)]
      : UInt8.random(in: 0...255, using: &rng)
    switch Int.random(in: 0..<7, using: &rng) {
    case 0: bytes[place] = byte
    case 1: bytes.insert(byte, at: place)
    case 2: bytes.remove(at: place)
    case 3: bytes.removeSubrange(min(place, other)..<max(place, other))
    case 4: bytes.insert(contentsOf: bytes[min(place, other)..<max(place, other)], at: place)
    case 5: bytes.swapAt(place, other)
    default: bytes.removeSubrange(place...)
    }
  }

  @Test func randomBytesAreAProblemAndNothingElse() {
    var rng = SplitMix(seed: 1)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...300, using: &rng)).map { _ in
        UInt8.random(in: 0...255, using: &rng)
      }
      let parsed = ElementSet.parse(String(decoding: bytes, as: UTF8.self))
      #expect(parsed.elements.isEmpty && !parsed.problems.isEmpty)
    }
  }
}
