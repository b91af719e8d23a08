/// What is fuzzed: a family of parsers each.
enum Target: String, CaseIterable {
  case request, response, sse, json, body, answers, conversations, streams, continuation, tracing
  case manifest

  /// Hands `bytes` to the parsers; traps where what they say of it does not hold together.
  func run(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .request: WireTargets.request(bytes)
    case .response: WireTargets.response(bytes)
    case .sse: WireTargets.events(bytes)
    case .json: JSONTargets.values(bytes)
    case .body: JSONTargets.body(bytes)
    case .answers: JSONTargets.answers(bytes)
    case .conversations: DialectTargets.conversations(bytes)
    case .streams: DialectTargets.streams(bytes)
    case .continuation: DialectTargets.continuation(bytes)
    case .tracing: WireTargets.tracing(bytes)
    case .manifest: ManifestTarget.load(bytes)
    }
  }
}

/// A claim that must hold for every input.
func demand(_ holds: Bool, _ claim: StaticString) {
  if !holds { fatalError("\(claim)") }
}
