import Foundation
import Testing

@testable import Simulation

@Suite("Random numbers that are the same everywhere")
struct RandomTests {
  @Test func logarithmAndExponentialAgreeWithTheLibrary() {
    var random = RandomStream(seed: 1)
    for _ in 0..<20_000 {
      let x = Foundation.exp(1_200 * random.unit() - 600)
      let error = abs(Portable.log(x) - Foundation.log(x))
      #expect(error <= 1e-14 * max(1, abs(Foundation.log(x))))
      let y = 1_400 * random.unit() - 700
      #expect(abs(Portable.exp(y) / Foundation.exp(y) - 1) < 1e-12)
    }
    #expect(Portable.exp(800) == .infinity && Portable.exp(-800) == 0)
  }

  /// Reference values: Abramowitz and Stegun, table 26.5.
  @Test(arguments: [
    (0.5, 0.0), (0.95, 1.644_853_627), (0.975, 1.959_963_985), (0.99, 2.326_347_874),
    (0.999, 3.090_232_306), (0.01, -2.326_347_874),
  ])
  func normalQuantiles(_ p: Double, _ x: Double) {
    #expect(abs(Portable.normalQuantile(p) - x) < 1e-8)
  }

  @Test func streamsDependOnEveryPartOfTheirKey() {
    let keys: [[UInt64]] = [[], [0], [1], [0, 0], [0, 1], [1, 0]]
    let firsts = keys.map { key -> UInt64 in
      var stream =
        switch key.count {
        case 0: RandomStream(seed: 7)
        case 1: RandomStream(seed: 7, key[0])
        default: RandomStream(seed: 7, key[0], key[1])
        }
      return stream.next()
    }
    var otherSeed = RandomStream(seed: 8)
    #expect(Set(firsts + [otherSeed.next()]).count == keys.count + 1)
  }

  /// The numbers themselves, computed once more in another language: another machine must draw the same.
  @Test func pinned() {
    var stream = RandomStream(seed: 1, RandomStream.key("arrivals"))
    #expect(
      [stream.next(), stream.next()] == [7_545_413_516_523_854_536, 2_295_507_503_975_680_327])
  }

  @Test func unitsNeverReachTheirEnds() {
    for bits: UInt64 in [0, 1, 0x7FF, 1 << 63, .max - 0x7FF, .max] {
      let unit = RandomStream.unit(of: bits)
      #expect(unit > 0 && unit < 1, "\(bits)")
      #expect(Portable.normalQuantile(unit).isFinite)
    }
  }

  @Test func lawsKeepTheirPercentiles() {
    let law = Law(median: 300, p95: 1_500)
    var random = RandomStream(seed: 3)
    let values = (0..<20_000).map { _ in law.draw(&random) }.sorted()
    #expect(abs(values[10_000] / 300 - 1) < 0.04)
    #expect(abs(values[19_000] / 1_500 - 1) < 0.06)
    #expect(Law.constant(4).draw(&random) == 4)
    #expect(Law(median: 1e6, p95: 1e9).drawWhole(in: 1...10, &random) == 10)
  }
}
