/// The one table between what happens here and OpenTelemetry's conventions for generative AI (in development,
/// as of 1.38), in Prometheus' spelling: dots become `_`, the unit is the last word.
enum GenAINames {
  /// `gen_ai.client.token.usage`.
  static let tokenUsage = "gen_ai_client_token_usage"
  /// `gen_ai.client.operation.duration`: an attempt, as whoever asks a backend sees it.
  static let clientDuration = "gen_ai_client_operation_duration_seconds"
  /// `gen_ai.client.operation.time_to_first_chunk`: the same, to its first byte.
  static let clientFirstChunk = "gen_ai_client_operation_time_to_first_chunk_seconds"
  /// `gen_ai.server.request.duration`: a request, as this node's client sees it.
  static let serverDuration = "gen_ai_server_request_duration_seconds"
  /// `gen_ai.server.time_to_first_token`.
  static let serverFirstToken = "gen_ai_server_time_to_first_token_seconds"
  /// `gen_ai.server.time_per_output_token`.
  static let serverPerToken = "gen_ai_server_time_per_output_token_seconds"

  /// `gen_ai.operation.name` of an API's path.
  static func operation(_ endpoint: String) -> String {
    switch endpoint {
    case "/v1/chat/completions", "/v1/messages", "/v1/responses": "chat"
    case "/v1/completions": "text_completion"
    case "/v1/embeddings": "embeddings"
    default: "other"
    }
  }
}
