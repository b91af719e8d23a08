extension AnswerError {
  /// Reads an error's body in whatever family it is written; `nil` where it holds no message.
  public init?(_ body: JSONValue) {
    let error = body["error"]
    if let message = error?["message"]?.text {
      self.init(
        message: message, type: error?["type"]?.text,
        code: error?["code"]?.text ?? error?["code"]?.integer.map { String($0) },
        param: error?["param"]?.text)
    } else if let message = error?.text ?? body["message"]?.text ?? body["detail"]?.text {
      self.init(message: message, type: body["type"]?.text, code: body["code"]?.text)
    } else {
      return nil
    }
  }

  /// As OpenAI's families say it.
  public var openAI: JSONValue {
    [
      "message": .string(message), "type": .string(type ?? "server_error"),
      "param": .optional(param), "code": .optional(code),
    ]
  }

  /// The whole body of an error in Anthropic's family.
  public func anthropic(request id: String) -> JSONValue {
    [
      "type": "error",
      "error": ["type": .string(type ?? "api_error"), "message": .string(message)],
      "request_id": .string(id),
    ]
  }

  /// The whole body of an error, as Anthropic's family says it or as OpenAI's do.
  public func body(isAnthropic: Bool, request id: String) -> JSONValue {
    isAnthropic ? anthropic(request: id) : ["error": openAI, "request_id": .string(id)]
  }

  /// Anthropic's `type` for a status (Anthropic API reference, "Errors").
  public static func anthropicType(status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 402: "billing_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 504: "timeout_error"
    case 529: "overloaded_error"
    case 400..<500: "invalid_request_error"
    default: "api_error"
    }
  }

  /// OpenAI's `type` for a status.
  public static func openAIType(status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 429: "rate_limit_error"
    case 400..<500: "invalid_request_error"
    default: "server_error"
    }
  }

  /// The same error with the words of the family of `client`, for an answer with `status`.
  public func translated(to client: Family, status: Int) -> AnswerError {
    var error = self
    error.type =
      client == .messages
      ? Self.anthropicType(status: status) : Self.openAIType(status: status)
    return error
  }
}
