/// A family of inference APIs: how a conversation is asked for, answered and streamed.
public enum Family: String, Sendable, CaseIterable {
  /// OpenAI's chat completions: what almost every model server speaks.
  case chat
  /// OpenAI's older completions: a prompt and its continuation.
  case completions
  /// OpenAI's responses, whose streams are numbered and can be resumed.
  case responses
  /// Anthropic's messages.
  case messages
}
