/// What a backend can do for an answer whose stream broke.
public enum Resumption: String, Sendable, CaseIterable {
  /// It goes on with a message of the assistant's that ends a request, as llama.cpp does, and vLLM and
  /// SGLang with `continue_final_message`.
  case prefill
  /// It would begin anew.
  case no
}
