/// How long to wait before starting a failed process again: doubling, bounded, and forgiven once the
/// process has been healthy for a while.
struct BackOff: Sendable, Hashable {
  /// The first wait.
  let first: Duration
  /// The longest wait.
  let longest: Duration
  /// How long a process must have been healthy for its earlier failures not to count.
  let forgivenAfter: Duration
  private var next: Duration

  init(
    first: Duration = .milliseconds(200), longest: Duration = .seconds(10),
    forgivenAfter: Duration = .seconds(60)
  ) {
    self.first = first
    self.longest = longest
    self.forgivenAfter = forgivenAfter
    next = first
  }

  /// The wait after a failure of a process that had been healthy for `healthy`.
  mutating func wait(afterHealthy healthy: Duration) -> Duration {
    if healthy >= forgivenAfter { next = first }
    let wait = next
    next = min(next * 2, longest)
    return wait
  }
}
