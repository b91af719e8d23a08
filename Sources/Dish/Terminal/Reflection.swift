/// The server reflection protocol: how a gRPC server tells its own definitions. Versions `v1` and
/// `v1alpha` are alike on the wire (grpc.io, "gRPC server reflection protocol").
enum Reflection {
  static let pathV1 = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
  static let pathV1Alpha = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
  static let request = "ServerReflectionRequest"
  static let response = "ServerReflectionResponse"

  static let schema = Schema(messages: [
    Schema.Message(
      request,
      [
        Schema.Field(1, "host", .string),
        Schema.Field(3, "file_by_filename", .string, oneof: "message_request"),
        Schema.Field(4, "file_containing_symbol", .string, oneof: "message_request"),
        Schema.Field(7, "list_services", .string, oneof: "message_request"),
      ]),
    Schema.Message(
      response,
      [
        Schema.Field(1, "valid_host", .string),
        Schema.Field(2, "original_request", .message, of: request),
        Schema.Field(4, "file_descriptor_response", .message, of: "FileDescriptorResponse"),
        Schema.Field(6, "list_services_response", .message, of: "ListServiceResponse"),
        Schema.Field(7, "error_response", .message, of: "ErrorResponse"),
      ]),
    Schema.Message(
      "FileDescriptorResponse",
      [Schema.Field(1, "file_descriptor_proto", .bytes, repeated: true)]),
    Schema.Message(
      "ListServiceResponse",
      [Schema.Field(1, "service", .message, of: "ServiceResponse", repeated: true)]),
    Schema.Message("ServiceResponse", [Schema.Field(1, "name", .string)]),
    Schema.Message(
      "ErrorResponse",
      [Schema.Field(1, "error_code", .int32), Schema.Field(2, "error_message", .string)]),
  ])

  /// A question, serialised.
  static func question(_ kind: String, _ name: String) throws(WireError) -> [UInt8] {
    var question = try DynamicMessage(request, in: schema)
    question[kind] = .text(name)
    return question.encoded()
  }
}
