/// Server reflection as the emulated terminal answers it: one file, which has everything.
enum ReflectionAnswers {
  /// gRPC's status for what there is none of, in an answer's own error.
  private static let notFound: Int64 = 5
  private static let unimplemented: Int64 = 12

  static func answer(_ bytes: [UInt8]) throws(RPCStatus) -> [UInt8] {
    do {
      let question = try Reflection.schema.decode(bytes, as: Reflection.request)
      return try answer(question).encoded()
    } catch {
      throw RPCStatus(.invalidArgument, "the question can't be read: \(error)")
    }
  }

  private static func answer(_ question: DynamicMessage) throws(WireError) -> DynamicMessage {
    var answer = try DynamicMessage(Reflection.response, in: Reflection.schema)
    answer["original_request"] = .message(question)
    if let name = question.text("file_by_filename") {
      try tell(name == TerminalAPI.fileName, name, in: &answer)
    } else if let symbol = question.text("file_containing_symbol") {
      try tell(defines(symbol), symbol, in: &answer)
    } else if question.text("list_services") != nil {
      var services = try DynamicMessage("ListServiceResponse", in: Reflection.schema)
      for name in TerminalAPI.schema.services.keys.sorted() {
        var service = try DynamicMessage("ServiceResponse", in: Reflection.schema)
        service["name"] = .text(name)
        services[all: "service"].append(.message(service))
      }
      answer["list_services_response"] = .message(services)
    } else {
      try refuse(unimplemented, "no such question here", in: &answer)
    }
    return answer
  }

  /// Messages, enumerations, services and methods.
  private static func defines(_ symbol: String) -> Bool {
    let schema = TerminalAPI.schema
    return schema.messages[symbol] != nil || schema.enumerations[symbol] != nil
      || schema.services.values.contains { service in
        service.name == symbol
          || service.methods.contains { "\(service.name).\($0.name)" == symbol }
      }
  }

  private static func tell(
    _ isKnown: Bool, _ name: String, in answer: inout DynamicMessage
  ) throws(WireError) {
    guard isKnown else { return try refuse(notFound, "no \(name.prefix(100)) here", in: &answer) }
    var files = try DynamicMessage("FileDescriptorResponse", in: Reflection.schema)
    files[all: "file_descriptor_proto"] = [.bytes(TerminalAPI.fileDescriptor)]
    answer["file_descriptor_response"] = .message(files)
  }

  private static func refuse(
    _ code: Int64, _ message: String, in answer: inout DynamicMessage
  ) throws(WireError) {
    var error = try DynamicMessage("ErrorResponse", in: Reflection.schema)
    error["error_code"] = .integer(code)
    error["error_message"] = .text(message)
    answer["error_response"] = .message(error)
  }
}
