extension Schema {
  /// Reads what server reflection gives: serialised `google.protobuf.FileDescriptorProto`s, in any order.
  ///
  /// - Throws: ``WireError`` for a file that is none.
  public init(fileDescriptors files: [[UInt8]]) throws(WireError) {
    self.init()
    for file in files { add(file: try Self.readFile(file)) }
  }

  /// The files that a file descriptor depends on, and its own name.
  static func dependencies(
    of file: [UInt8]
  ) throws(WireError) -> (name: String, dependencies: [String]) {
    let file = try readFile(file)
    return (
      file.text("name") ?? "",
      file[all: "dependency"].compactMap { if case .text(let name) = $0 { name } else { nil } }
    )
  }

  private static func readFile(_ bytes: [UInt8]) throws(WireError) -> DynamicMessage {
    try descriptors.decode(bytes, as: "google.protobuf.FileDescriptorProto")
  }

  private mutating func add(file: DynamicMessage) {
    let package = file.text("package") ?? ""
    for message in file.messages("message_type") { add(message: message, in: package) }
    for enumeration in file.messages("enum_type") { add(enumeration: enumeration, in: package) }
    for service in file.messages("service") {
      let methods = service.messages("method").map {
        Service.Method(
          $0.text("name") ?? "", input: Self.plainName($0.text("input_type")),
          output: Self.plainName($0.text("output_type")))
      }
      add(Service(Self.fullName(service, in: package), methods))
    }
  }

  private mutating func add(message: DynamicMessage, in scope: String) {
    let name = Self.fullName(message, in: scope)
    let oneofs = message.messages("oneof_decl").map { $0.text("name") ?? "" }
    let fields = message.messages("field").compactMap { Self.field($0, oneofs: oneofs) }
    add(Message(name, fields))
    for nested in message.messages("nested_type") { add(message: nested, in: name) }
    for nested in message.messages("enum_type") { add(enumeration: nested, in: name) }
  }

  private static func field(_ field: DynamicMessage, oneofs: [String]) -> Field? {
    guard let number = field.integer("number"), Field.numbers.contains(number),
      let name = field.text("name"),
      let kind = field.integer("type").flatMap(Kind.init(rawValue:))
    else { return nil }
    let oneof = field.integer("oneof_index").map { oneofs.indices.contains($0) ? oneofs[$0] : "" }
    let typeName = plainName(field.text("type_name"))
    return Field(
      number, name, kind, of: typeName.isEmpty ? nil : typeName,
      repeated: field.integer("label") == 3, oneof: oneof)
  }

  private mutating func add(enumeration: DynamicMessage, in scope: String) {
    let values = enumeration.messages("value").map {
      (number: $0.integer("number") ?? 0, name: $0.text("name") ?? "")
    }
    add(Enumeration(Self.fullName(enumeration, in: scope), values))
  }

  private static func fullName(_ definition: DynamicMessage, in scope: String) -> String {
    let name = definition.text("name") ?? ""
    return scope.isEmpty ? name : "\(scope).\(name)"
  }

  private static func plainName(_ name: String?) -> String {
    let name = name ?? ""
    return name.hasPrefix(".") ? String(name.dropFirst()) : name
  }

  /// The part of `google/protobuf/descriptor.proto` that matters here: with it, descriptors are
  /// messages like any other.
  static let descriptors: Schema = {
    let package = "google.protobuf"
    func message(_ name: String, _ fields: [Field]) -> Message {
      Message("\(package).\(name)", fields)
    }
    func list(_ number: Int, _ name: String, of type: String) -> Field {
      Field(number, name, .message, of: "\(package).\(type)", repeated: true)
    }
    return Schema(messages: [
      message(
        "FileDescriptorProto",
        [
          Field(1, "name", .string), Field(2, "package", .string),
          Field(3, "dependency", .string, repeated: true),
          list(4, "message_type", of: "DescriptorProto"),
          list(5, "enum_type", of: "EnumDescriptorProto"),
          list(6, "service", of: "ServiceDescriptorProto"), Field(12, "syntax", .string),
        ]),
      message(
        "DescriptorProto",
        [
          Field(1, "name", .string), list(2, "field", of: "FieldDescriptorProto"),
          list(3, "nested_type", of: "DescriptorProto"),
          list(4, "enum_type", of: "EnumDescriptorProto"),
          list(8, "oneof_decl", of: "OneofDescriptorProto"),
        ]),
      message(
        "FieldDescriptorProto",
        [
          Field(1, "name", .string), Field(3, "number", .int32), Field(4, "label", .int32),
          Field(5, "type", .int32), Field(6, "type_name", .string),
          Field(9, "oneof_index", .int32, oneof: "presence"),
        ]),
      message("OneofDescriptorProto", [Field(1, "name", .string)]),
      message(
        "EnumDescriptorProto",
        [Field(1, "name", .string), list(2, "value", of: "EnumValueDescriptorProto")]),
      message(
        "EnumValueDescriptorProto", [Field(1, "name", .string), Field(2, "number", .int32)]),
      message(
        "ServiceDescriptorProto",
        [Field(1, "name", .string), list(2, "method", of: "MethodDescriptorProto")]),
      message(
        "MethodDescriptorProto",
        [
          Field(1, "name", .string), Field(2, "input_type", .string),
          Field(3, "output_type", .string),
        ]),
    ])
  }()
}
