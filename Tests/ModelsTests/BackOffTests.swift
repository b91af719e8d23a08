import Testing

@testable import Models

@Suite("Waiting before a process is started again")
struct BackOffTests {
  @Test("doubles from the first wait to the longest and stays there")
  func doubles() {
    var backOff = BackOff()
    let waits = (0..<9).map { _ in backOff.wait(afterHealthy: .zero) }
    let milliseconds = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]
    #expect(waits == milliseconds.map { .milliseconds($0) })
  }

  @Test("starts over once the process was healthy for a minute, and not before")
  func forgives() {
    var backOff = BackOff()
    for _ in 0..<5 { _ = backOff.wait(afterHealthy: .zero) }
    #expect(backOff.wait(afterHealthy: .seconds(59)) == .milliseconds(6400))
    #expect(backOff.wait(afterHealthy: .seconds(60)) == .milliseconds(200))
    #expect(backOff.wait(afterHealthy: .zero) == .milliseconds(400))
  }

  @Test("never leaves its bounds", arguments: 0..<20)
  func bounded(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var backOff = BackOff(first: .milliseconds(50), longest: .seconds(3))
    for _ in 0..<200 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let wait = backOff.wait(afterHealthy: .seconds(Int(state >> 57)))
      #expect(wait >= .milliseconds(50) && wait <= .seconds(3))
    }
  }
}
