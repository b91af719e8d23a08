/// Makes the parts of something long on several threads and takes them in order.
///
/// At most a few parts more than threads are held at once, so memory does not grow with the whole.
enum OrderedParts {
  /// Makes `count` parts and gives each to `take`, in order.
  static func forEach<Part: Sendable>(
    count: Int, threads: Int, make: @escaping @Sendable (Int) -> Part,
    take: (Int, Part) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Part).self) { group in
      var made: [Int: Part] = [:]
      var begun = 0
      func begin() {
        guard begun < count else { return }
        let number = begun
        begun += 1
        group.addTask { (number, make(number)) }
      }
      for _ in 0..<max(1, threads) { begin() }
      for number in 0..<count {
        while made[number] == nil, let (other, part) = try await group.next() {
          made[other] = part
        }
        guard let part = made.removeValue(forKey: number) else { return }
        begin()
        try take(number, part)
      }
    }
  }
}
