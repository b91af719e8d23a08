import Gateway
import NIOCore
import Store
import Synchronization

/// What is known of work while it is under way, and those who watch it come.
final class WorkRun: Sendable {
  /// What a watcher sees.
  enum Step: Sendable {
    /// The answer's head.
    case head(status: Int, type: String)
    /// A piece of its body; of a kept response, the event with that number.
    case piece(ByteBuffer, number: Int)
    /// It is over.
    case over(Ending)
    /// Nothing has come for a while.
    case heartbeat
    /// The watcher's time is over.
    case deadline
  }

  /// How it ended.
  enum Ending: Sendable {
    /// Its answer is kept; here it is.
    case answered(WorkItem.Answer)
    /// Its answer is kept, and watchers have seen all of it.
    case streamed
    /// It was answered with something that is not kept.
    case passed(WorkItem.Answer)
    /// What watchers saw breaks off.
    case broken
    /// It was cancelled.
    case cancelled
    /// It was not answered in time.
    case expired
  }

  private struct State {
    var steps: [Step] = []
    var isOver = false
    var watchers: [Int: AsyncStream<Step>.Continuation] = [:]
    var nextWatcher = 0
    var memory: HeldMemory?
  }

  private let state = Mutex(State())

  /// Everything from the beginning, then what comes. Heartbeats come each `heartbeat` until the end, and a
  /// deadline after `patience`.
  func watch(heartbeat: Duration, patience: Duration?) -> AsyncStream<Step> {
    let (stream, continuation) = AsyncStream.makeStream(of: Step.self)
    let (number, isOver) = state.withLock { state in
      for step in state.steps { continuation.yield(step) }
      state.nextWatcher += 1
      if !state.isOver { state.watchers[state.nextWatcher] = continuation }
      return (state.nextWatcher, state.isOver)
    }
    let beats = Task {
      while (try? await Task.sleep(for: heartbeat)) != nil { continuation.yield(.heartbeat) }
    }
    let deadline = Task {
      guard let patience, (try? await Task.sleep(for: patience)) != nil else { return }
      continuation.yield(.deadline)
    }
    continuation.onTermination = { [weak self] _ in
      beats.cancel()
      deadline.cancel()
      _ = self?.state.withLock { $0.watchers.removeValue(forKey: number) }
    }
    if isOver { continuation.finish() }
    return stream
  }

  /// Holds the memory of the pieces that are told, for as long as there is anybody who may want them.
  func hold(_ memory: HeldMemory) { state.withLock { $0.memory = memory } }

  /// Whether watchers have seen anything of an answer.
  var hasBegun: Bool { state.withLock { !$0.steps.isEmpty } }

  /// Tells what has come.
  func tell(_ step: Step) {
    let finished = state.withLock { state -> [AsyncStream<Step>.Continuation] in
      guard !state.isOver else { return [] }
      state.steps.append(step)
      for watcher in state.watchers.values { watcher.yield(step) }
      guard case .over = step else { return [] }
      state.isOver = true
      return Array(state.watchers.values)
    }
    // Not under the lock: a stream that ends calls back at once.
    for watcher in finished { watcher.finish() }
  }
}

/// Reads steps one at a time, for a stream that is pulled. Keeps their run, whose memory counts until the last
/// one who reads it is done.
actor StepReader {
  private let run: WorkRun
  private var iterator: AsyncStream<WorkRun.Step>.AsyncIterator

  init(_ steps: AsyncStream<WorkRun.Step>, of run: WorkRun) {
    self.run = run
    iterator = steps.makeAsyncIterator()
  }

  func next() async -> WorkRun.Step? {
    var copy = iterator
    let step = await copy.next(isolation: self)
    iterator = copy
    return step
  }
}
