import Store
import Synchronization

/// Where those who hand in work and those who do it meet.
final class WorkBoard: Sendable {
  private struct State {
    var runs: [String: WorkRun] = [:]
    var tasks: [String: Task<Void, Never>] = [:]
    var underWay: [WorkItem.Kind: Int] = [:]
    var ended: [String: Int] = [:]
  }

  private let state = Mutex(State())
  /// Wakes whoever does items.
  let items = Wake()
  /// Wakes whoever reads and finishes batches.
  let batches = Wake()

  /// What is known of the item with this id while it is not over. Whoever asks looks afterwards whether it
  /// is over already.
  func run(of id: String) -> WorkRun { join(id).run }

  /// The same, and whether nobody had asked for it before.
  func join(_ id: String) -> (run: WorkRun, isNew: Bool) {
    state.withLock { state in
      if let run = state.runs[id] { return (run, false) }
      let run = WorkRun()
      state.runs[id] = run
      return (run, true)
    }
  }

  /// The item is over, as is kept by now.
  func end(_ id: String, _ ending: WorkRun.Ending) {
    state.withLock { $0.ended[ending.name, default: 0] += 1 }
    drop(id, ending)
  }

  /// Ends the run of an item that nobody does: it was over before, or is not there.
  func drop(_ id: String, _ ending: WorkRun.Ending) {
    state.withLock { $0.runs.removeValue(forKey: id) }?.tell(.over(ending))
  }

  /// What came to an end so far, by how.
  var ended: [String: Int] { state.withLock { $0.ended } }

  /// Begins to do an item in a task of its own; ``stop(_:)`` cancels it.
  func start(_ item: WorkItem, _ work: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      state.underWay[item.kind, default: 0] += 1
      // The task cannot be done with before it is known, since that takes the lock.
      state.tasks[item.id] = Task { [self] in
        await work()
        done(item)
      }
    }
  }

  private func done(_ item: WorkItem) {
    state.withLock { state in
      state.tasks[item.id] = nil
      state.underWay[item.kind, default: 1] -= 1
    }
    items.wake()
    if item.kind == .batch { batches.wake() }
  }

  /// How many items of these kinds are under way.
  func underWay(_ kinds: Set<WorkItem.Kind>) -> Int {
    state.withLock { state in kinds.reduce(0) { $0 + (state.underWay[$1] ?? 0) } }
  }

  /// Ends the doing of an item that is over.
  func stop(_ id: String) { state.withLock { $0.tasks[id] }?.cancel() }

  /// Ends the doing of everything, and waits until that is so.
  func stopAll() async {
    let tasks = state.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}

/// A bell that one task listens to: rung any number of times before it looks, it has rung once.
struct Wake: Sendable {
  /// Comes after it was rung.
  let rings: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  init() {
    (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func wake() { bell.yield() }

  /// Rings it each `interval` while `body` runs.
  func ringing<Result>(each interval: Duration, _ body: () async -> Result) async -> Result {
    let ticker = Task { while (try? await Task.sleep(for: interval)) != nil { wake() } }
    defer { ticker.cancel() }
    return await body()
  }
}
