/// OpenAI's older completions: `POST /v1/completions`. They can be asked of a backend that speaks chat,
/// as one user message; no backend is asked in them unless it speaks them itself.
extension Conversation {
  /// Reads a completion's request.
  public init(completions object: JSONObject) throws(Untranslatable) {
    var fields = RequestFields(object)
    self.init(model: try fields.requiredText("model"))
    try Self.refuseOpenAI(&fields)
    let missing = "The backend that serves this model speaks chat, which has nothing like it."
    try fields.refuse("suffix", missing)
    try fields.refuse("echo", unless: [false], missing)
    try fields.refuse("best_of", unless: [1], missing)
    try readSampling(&fields)
    let prompt = try fields.required("prompt")
    let only = prompt.array?.count == 1 ? prompt.array?.first : prompt
    guard let text = only?.text else {
      throw Untranslatable(
        "prompt",
        "The backend that serves this model speaks chat, which takes one prompt, as text: send a "
          + "string.")
    }
    turns = [Turn(.user, [.text(text)])]
    maxTokens = try fields.integer("max_tokens")
    keep(fields.rest, documented: Self.chatHints)
  }
}
