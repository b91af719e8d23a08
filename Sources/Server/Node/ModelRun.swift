import Models

/// A managed model at work: its process, and what the world hears of it.
struct ModelRun: Sendable {
  let model: Preparation.Model
  private let serving: Task<Void, Never>
  private let following: Task<Void, Never>

  /// Starts the model; `hear` is told of each state until the run is left.
  init(_ model: Preparation.Model, hear: @escaping @Sendable (ModelState) -> Void) {
    self.model = model
    let server = model.server
    serving = Task { await server.run() }
    following = Task { for await state in server.states() where !Task.isCancelled { hear(state) } }
  }

  /// The model goes on, but what becomes of it concerns nobody any more.
  func leave() { following.cancel() }

  /// Ends the process and waits until it has ended.
  func stop() async {
    following.cancel()
    serving.cancel()
    await serving.value
  }
}
