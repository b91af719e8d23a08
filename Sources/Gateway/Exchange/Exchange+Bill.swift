import Decisions
import Dialects
import Fleet
import NIOCore

/// What a request used and cost, over all its attempts.
struct Bill {
  /// What it cost; `nil` where no price is known of any path it took.
  var cost: Cost?
  /// What it used on each path.
  var used: [(path: PathID, usage: Usage)] = []

  /// The same as header fields.
  var fields: HeaderFields {
    guard let cost else { return [] }
    let fields = [("x-perigee-cost-usd", cost.total.description)]
    return cost.isEstimated ? fields + [("x-perigee-cost-estimated", "true")] : fields
  }

  /// The same in a stream; `nil` where there is nothing to say.
  var comment: ByteBuffer? {
    guard let cost else { return nil }
    let mark = cost.isEstimated ? " estimated" : ""
    return ByteBuffer(string: ": perigee: cost-usd=\(cost.total)\(mark)\n\n")
  }
}

extension Exchange {
  /// Adds up what the attempts so far used and cost.
  ///
  /// Every attempt costs the bytes that its connections carried, TLS and HTTP's own included. The one whose
  /// answer the client got costs the tokens that the backend counted, or else about as many as there are events, or quarters of bytes.
  /// Another one whose backend had begun to answer, which is a second copy that lost or a stream that
  /// broke, costs what that backend has worked as far as is known: the prompt, and the events it sent.
  /// One that goes on with a broken stream costs what its own backend counted; without that the prompt,
  /// which what had gone out before is part of, and the events it sent.
  func bill(chosen: AttemptLog?) -> Bill {
    var bill = Bill()
    var given = 0
    for attempt in attempts {
      let log = attempt.log
      let isChosen = chosen.map { $0.path == log.path && $0.started == log.started } ?? false
      let (work, reasoning, isEstimated) = work(of: log, isChosen: isChosen, given: given)
      given += log.events
      let price = loop.accounts.price(of: log.path, model: facts.model)
      var cost = price.map { Cost(of: work, at: $0) }
      if isEstimated, let tokens = cost?.tokens, tokens != .zero { cost?.isEstimated = true }
      if let cost { bill.cost = (bill.cost ?? .zero) + cost }
      var used = Usage(
        inputTokens: work.inputTokens, outputTokens: work.outputTokens,
        bytesUp: work.bytesUp, bytesDown: work.bytesDown, cost: cost?.total ?? .zero)
      used.cachedInputTokens = work.cachedInputTokens
      used.cacheWriteTokens = work.cacheWriteTokens
      used.reasoningTokens = reasoning
      bill.used.append((log.path, used))
    }
    // One request is one, however often it was tried.
    if let last = bill.used.indices.last { bill.used[last].usage.requests = 1 }
    return bill
  }

  /// - Parameter given: Tokens that the client had of the stream when the attempt began, about.
  private func work(
    of log: AttemptLog, isChosen: Bool, given: Int
  ) -> (BilledWork, reasoning: Int, isEstimated: Bool) {
    var work = BilledWork(path: log.path, bytesUp: log.bytesUp, bytesDown: log.bytesDown)
    // Whoever brings the rest of what is made already makes nothing.
    guard !log.isFollowUp, request.inference != .countTokens, log.firstByte != nil,
      let status = log.status,
      (200..<300).contains(status)
    else { return (work, 0, false) }
    work.isAccepted = true
    if let counted = log.ownUsage ?? (isChosen ? wholeUsage(log) : nil) {
      work.inputTokens = counted.input
      work.cachedInputTokens = counted.cachedInput ?? 0
      work.cacheWriteTokens = counted.cacheWrites ?? 0
      work.outputTokens = counted.output
      return (work, counted.reasoning ?? 0, false)
    }
    work.inputTokens = (usage?.input ?? account.estimate.inputTokens) + given
    let tokensDown = isChosen ? log.answerBytes / RequestFacts.bytesPerToken : 0
    // A kept answer's later events came to the attempts that asked for the rest of it.
    let brought = isChosen && kept != nil ? events : log.events
    work.outputTokens = facts.stream ? brought : tokensDown
    return (work, 0, true)
  }

  /// What the client was told, where that is the work of this attempt alone and all of it.
  private func wholeUsage(_ log: AttemptLog) -> AnswerUsage? {
    // Messages count the prompt at their beginning, and the answer only at their end.
    let isPartial = log.fault != nil && request.inference == .messages && kept == nil
    return isPartial || resume?.continuation != nil ? nil : usage
  }

  /// Puts what it used onto the caller's account. Called once, at the end.
  func settle(_ bill: Bill, at end: NIODeadline) {
    loop.accounts.settle(account.caller, account.estimate, used: bill.used, at: clock.utc(end))
  }
}
