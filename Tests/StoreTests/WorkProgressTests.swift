import Decisions
import Orbits
import TestSupport
import Testing

@testable import Store

/// The life of a piece of work: whatever happens in whatever order, it is answered at most once, and only by
/// its newest epoch.
@Suite struct WorkProgressTests {
  private static let start = UTC(year: 2026, month: 11, day: 26)

  private func fresh() -> WorkProgress {
    WorkProgress(notBefore: Self.start, expires: Self.start.adding(seconds: 1000))
  }

  @Test(arguments: 0..<200) func anyOrderOfEventsAnswersOnce(seed: UInt64) {
    var random = Seeded(seed)
    var progress = fresh()
    var time = Self.start
    var epochs: [Int] = []
    var answers = 0
    for _ in 0..<60 {
      time = time.adding(seconds: Double.random(in: 0...40, using: &random))
      let before = progress
      let epoch = epochs.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        if let new = progress.begin(at: time) {
          #expect(before.phase == .queued && time >= before.notBefore)
          #expect(!epochs.contains(new))
          epochs.append(new)
        }
      case 1:
        if progress.answer(epoch: epoch) {
          #expect(before.phase == .running && epoch == epochs.last)
          answers += 1
        }
      case 2:
        let until = time.adding(seconds: 5)
        if progress.putBack(epoch: epoch, until: until, isFailure: true) {
          #expect(before.phase == .running && epoch == epochs.last)
          let early = progress.begin(at: time)
          #expect(early == nil)
        }
      case 3: _ = progress.recover(at: time)
      case 4 where random.next() % 8 == 0: _ = progress.cancel()
      case 5: _ = progress.expire(at: time)
      default: break
      }
      if before.phase.isOver { #expect(progress == before) }
    }
    #expect(answers <= 1 && (answers == 1) == (progress.phase == .answered))
  }

  @Test func anAnswerOfADeadProcessIsDropped() {
    var progress = fresh()
    let first = progress.begin(at: Self.start)
    let isRecovered = progress.recover(at: Self.start)
    let second = progress.begin(at: Self.start)
    #expect(isRecovered && first == 1 && second == 2)
    let counts = (old: progress.answer(epoch: 1), new: progress.answer(epoch: 2))
    #expect(!counts.old && counts.new)
  }

  @Test func verdicts() {
    var progress = fresh()
    _ = progress.begin(at: Self.start)
    func judge(
      _ status: Int, _ fault: String? = nil, failures: Int = 0, retryAfter: Duration? = nil
    ) -> WorkVerdict {
      var progress = progress
      for _ in 0..<failures {
        _ = progress.putBack(epoch: progress.epoch, until: Self.start, isFailure: true)
        _ = progress.begin(at: Self.start)
      }
      return WorkVerdict.judge(
        status: status, fault: fault.flatMap { Fault(rawValue: $0) }, retryAfter: retryAfter,
        progress: progress, tries: 3)
    }
    #expect(judge(200) == .keep && judge(400) == .keep && judge(404) == .keep)
    #expect(judge(404, "caller_unknown_model") == .keep)
    #expect(judge(500) == .retry(after: .seconds(1), isFailure: true))
    #expect(judge(500, failures: 1) == .retry(after: .seconds(2), isFailure: true))
    #expect(judge(500, failures: 2) == .keep)
    #expect(judge(503, "link_no_path") == .retry(after: .seconds(1), isFailure: false))
    // No number of outages makes an error of work that can wait.
    if case .retry(_, let isFailure) = judge(503, "link_no_path", failures: 7) {
      #expect(!isFailure)
    } else {
      Issue.record("an outage was taken for an answer")
    }
    // A key's limit or budget that has room again later is waited for; any other "no" is the answer.
    for fault in ["policy_rate_limited", "policy_budget"] {
      #expect(
        judge(429, fault, failures: 2, retryAfter: .seconds(900))
          == .retry(after: .seconds(900), isFailure: false))
    }
    #expect(judge(402, "policy_budget") == .keep && judge(403, "policy_forbidden") == .keep)
  }
}
