extension FleetReader {
  /// `{length: 256, longestWait: 30s, standing: 10s, standingWait: 3s}`.
  func queue(_ value: Value) -> QueueSettings? {
    value.fields("the queue") { fields in
      let length = fields.optional("length").flatMap {
        $0.integer("a number of requests that may wait", in: 1...10_000, example: "length: 256")
      }
      let longestWait = wait(fields.optional("longestWait"), example: "longestWait: 30s")
      let standing = wait(fields.optional("standing"), example: "standing: 10s")
      let standingValue = fields.optional("standingWait")
      let standingWait = wait(standingValue, example: "standingWait: 3s")
      let longest = longestWait ?? QueueSettings.standardLongestWait
      if let standingWait, standingWait > longest {
        standingValue?.problem(
          "who waits in a standing queue would wait longer than anybody may",
          cure: "Write a standingWait of at most longestWait, as in "
            + "`{longestWait: 30s, standingWait: 3s}`.")
      }
      return QueueSettings(
        length: length ?? QueueSettings.standardLength, longestWait: longest,
        standing: standing ?? QueueSettings.standardStanding,
        standingWait: standingWait ?? min(longest, QueueSettings.standardStandingWait))
    }
  }

  private func wait(_ value: Value?, example: String) -> Duration? {
    value?.quantity(.duration, in: 0.001...600, example: example).map { .seconds($0) }
  }
}
