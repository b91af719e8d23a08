import Orbits

/// Attempts of those for whom there is always a place, on the clock of a simulation.
extension Knowledge {
  /// An attempt over `path` begins, whether a place is free or not. Each is followed by one
  /// ``attemptEnded(_:fault:started:at:)``.
  public mutating func attemptBegan(_ path: PathID, at time: UTC) {
    places.take(path, at: Instant(time))
  }

  /// An attempt over `path` is over.
  ///
  /// - Parameters:
  ///   - fault: What went wrong with the backend or the way to it; `nil` where nothing did, or it is not
  ///     known.
  ///   - started: When the attempt began; where not given, now.
  /// - Returns: The changes of health and of the link that this caused.
  public mutating func attemptEnded(
    _ path: PathID, fault: Fault?, started: UTC? = nil, at time: UTC
  ) -> Changes {
    places.giveBack(path, at: Instant(time))
    return fault.map { attemptFailed(path, $0, started: started, at: time) } ?? Changes()
  }
}
