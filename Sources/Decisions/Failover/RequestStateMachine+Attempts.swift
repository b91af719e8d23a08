/// The attempts under way, and the request's end.
extension RequestStateMachine {
  func live(_ number: Int) -> Live? {
    if first?.number == number { return first }
    return second?.number == number ? second : nil
  }

  mutating func update(_ number: Int, _ change: (inout Live) -> Void) {
    if first?.number == number {
      if var attempt = first { change(&attempt); first = attempt }
    } else if second?.number == number, var attempt = second {
      change(&attempt)
      second = attempt
    }
  }

  /// Takes an attempt out; the other one, if there is one, becomes the first.
  mutating func remove(_ number: Int) -> Live? {
    guard let attempt = live(number) else { return nil }
    if first?.number == number { first = second }
    second = nil
    return attempt
  }

  mutating func win(_ number: Int) -> Action? {
    guard live(number) != nil else { return nil }
    winner = number
    hedgeAt = nil
    guard let first, let second else { return nil }
    let loser = first.number == number ? second.number : first.number
    _ = remove(loser)
    return .cancel(attempt: loser)
  }

  mutating func close() {
    isOver = true
    first = nil
    second = nil
    heldUntil = nil
    hedgeAt = nil
  }

  /// The request fails.
  mutating func fail(_ fault: Fault) -> Action {
    close()
    return hasBegun ? .breakStream(fault) : .giveUp(fault)
  }
}
