/// Bounds on what is kept, and on how much of it is done at a time.
struct WorkLimits: Sendable {
  /// Bytes of a file; OpenAI's own bound for batches.
  var fileBytes = 200 << 20
  /// Files of one caller.
  var files = 10_000
  /// Bytes that the node's database may take on disk; beyond it nothing new is accepted.
  var bytesOnDisk = 8 << 30
  /// Bytes of one caller's files: half of what there may be, so that nobody leaves the others without.
  var fileBytesOfCaller: Int { bytesOnDisk / 2 }
  /// Bytes of a body that is no file.
  var bodyBytes = 32 << 20
  /// Bytes of a line of a batch.
  var lineBytes = 32 << 20
  /// Items of a batch; OpenAI's own bound.
  var items = 50_000
  /// Batches of one caller that are not over.
  var openBatches = 1000
  /// Requests of one caller that are kept singly, answered ones included.
  var singles = 10_000
  /// Bytes of an answer that is kept.
  var answerBytes = 64 << 20
  /// Kept answers that are read from the disk at a time, where many are.
  var answersAtOnce = 4
  /// How long files, batches and answers are kept.
  var retention: Duration = .seconds(30 * 86_400)
  /// How long an idempotency key names its answer.
  var keysFor: Duration = .seconds(86_400)
  /// The longest that work may wait for its answer.
  var longestWait: Duration = .seconds(30 * 86_400)
  /// How long work may wait of which the client did not say so.
  var usualWait: Duration = .seconds(86_400)
  /// Items of batches under way at a time.
  var batchItemsAtOnce = 16
  /// Single requests under way at a time.
  var singlesAtOnce = 256
  /// How often a backend may fail to answer until its error is the answer.
  var tries = 5
  /// How long one attempt may take, where nobody waits for it.
  var patience: Duration = .seconds(600)
  /// How often is looked for work that has become due.
  var tick: Duration = .milliseconds(500)
  /// How often a stream that has nothing to say sends a comment.
  var heartbeat: Duration = .seconds(5)
}

/// Ids of what is kept: a prefix that tells the kind, and 24 digits that cannot be guessed.
enum WorkID {
  private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

  /// A new id.
  static func make(_ prefix: String) -> String {
    var random = SystemRandomNumberGenerator()
    let tail = (0..<24).map { _ in digits[Int.random(in: 0..<digits.count, using: &random)] }
    return prefix + String(decoding: tail, as: UTF8.self)
  }
}
