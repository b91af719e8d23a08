/// What a backend can do for an answer whose stream broke.
public enum Resumption: String, Sendable, CaseIterable {
  /// It goes on with a message of the assistant's that ends a request, as llama.cpp does, and vLLM and
  /// SGLang with `continue_final_message`.
  case prefill
  /// It makes responses in the background and keeps them, so that the events of their streams can be had
  /// again, as another Perigee node does.
  case background
  /// It would begin anew.
  case no
}
