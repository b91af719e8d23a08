extension AnswerUsage {
  /// Reads what OpenAI's families count: `prompt_tokens` in chat, `input_tokens` in responses.
  init?(openAI value: JSONValue?) {
    guard let value,
      let input = value["prompt_tokens"]?.integer ?? value["input_tokens"]?.integer
    else { return nil }
    let inputs = value["prompt_tokens_details"] ?? value["input_tokens_details"]
    let outputs = value["completion_tokens_details"] ?? value["output_tokens_details"]
    self.init(
      input: input,
      output: value["completion_tokens"]?.integer ?? value["output_tokens"]?.integer ?? 0,
      cachedInput: inputs?["cached_tokens"]?.integer,
      cacheWrites: inputs?["cache_write_tokens"]?.integer,
      reasoning: outputs?["reasoning_tokens"]?.integer)
  }

  /// Reads what messages count. Tokens from and for the cache are counted apart there.
  init?(messages value: JSONValue?) {
    guard let value, let fresh = value["input_tokens"]?.integer else { return nil }
    let cached = value["cache_read_input_tokens"]?.integer
    let writes = value["cache_creation_input_tokens"]?.integer
    self.init(
      input: Self.sum(fresh, cached ?? 0, writes ?? 0),
      output: value["output_tokens"]?.integer ?? 0, cachedInput: cached, cacheWrites: writes)
  }

  /// A sum of counts that somebody else wrote, which may be absurd.
  private static func sum(_ counts: Int...) -> Int {
    counts.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int.max : $0 + $1 }
  }

  /// As chat completions and older completions say it.
  var chat: JSONValue {
    var usage: JSONObject = [
      "prompt_tokens": .integer(input), "completion_tokens": .integer(output),
      "total_tokens": .integer(Self.sum(input, output)),
    ]
    var inputs = JSONObject()
    inputs.append("cached_tokens", cachedInput.map { .integer($0) })
    inputs.append("cache_write_tokens", cacheWrites.map { .integer($0) })
    if !inputs.members.isEmpty { usage.append("prompt_tokens_details", .object(inputs)) }
    if let reasoning {
      usage.append("completion_tokens_details", ["reasoning_tokens": .integer(reasoning)])
    }
    return .object(usage)
  }

  /// As responses say it.
  var responses: JSONValue {
    [
      "input_tokens": .integer(input),
      "input_tokens_details": [
        "cached_tokens": .integer(cachedInput ?? 0),
        "cache_write_tokens": .integer(cacheWrites ?? 0),
      ],
      "output_tokens": .integer(output),
      "output_tokens_details": ["reasoning_tokens": .integer(reasoning ?? 0)],
      "total_tokens": .integer(Self.sum(input, output)),
    ]
  }

  /// As messages say it.
  var messages: JSONValue {
    let cached = min(input, max(0, cachedInput ?? 0))
    let writes = min(input - cached, max(0, cacheWrites ?? 0))
    var usage: JSONObject = ["input_tokens": .integer(input - cached - writes)]
    usage.append("cache_creation_input_tokens", cacheWrites.map { _ in .integer(writes) })
    usage.append("cache_read_input_tokens", cachedInput.map { _ in .integer(cached) })
    usage.append("output_tokens", .integer(output))
    return .object(usage)
  }
}
