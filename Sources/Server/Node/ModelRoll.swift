import Models
import Synchronization

/// Waits for every managed model of a start to be ready or to have failed, and says so once.
final class ModelRoll: Sendable {
  private let models: [String]
  private let unmanaged: [String]
  private let tell: @Sendable (Node.Event) -> Void
  private let answers = Mutex<[String: Bool]>([:])

  /// With no model to wait for it says so at once.
  init(models: [String], unmanaged: [String], tell: @escaping @Sendable (Node.Event) -> Void) {
    self.models = models
    self.unmanaged = unmanaged
    self.tell = tell
    if models.isEmpty { tell(.ready(answering: unmanaged, unavailable: [])) }
  }

  /// A model's state: its first that settles whether it can be had counts.
  func hear(_ state: ModelState, of backend: String) {
    let isReady: Bool
    switch state {
    case .ready: isReady = true
    case .failed: isReady = false
    default: return
    }
    let complete = answers.withLock { answers -> [String: Bool]? in
      guard answers[backend] == nil else { return nil }
      answers[backend] = isReady
      return answers.count == models.count ? answers : nil
    }
    guard let complete else { return }
    tell(
      .ready(
        answering: unmanaged + models.filter { complete[$0] == true },
        unavailable: models.filter { complete[$0] == false }))
  }
}
