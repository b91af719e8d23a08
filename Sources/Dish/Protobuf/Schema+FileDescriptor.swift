extension Schema {
  /// The whole schema as one proto3 file, serialised: what server reflection tells of it. Definitions
  /// within a message's name are written within that message.
  ///
  /// - Parameters:
  ///   - name: The file's name.
  ///   - package: What all names begin with.
  public func fileDescriptor(named name: String, package: String) -> [UInt8] {
    DescriptorWriter(schema: self).file(named: name, package: package).encoded()
  }
}

/// Turns definitions into descriptors. What it writes is defined in `Schema.descriptors`.
private struct DescriptorWriter {
  let schema: Schema

  func file(named name: String, package: String) -> DynamicMessage {
    var file = descriptor("FileDescriptorProto")
    file["name"] = .text(name)
    file["package"] = .text(package)
    file[all: "message_type"] = messages(in: package)
    file[all: "enum_type"] = enumerations(in: package)
    file[all: "service"] = schema.services.values.sorted { $0.name < $1.name }.map {
      .message(service($0))
    }
    file["syntax"] = .text("proto3")
    return file
  }

  private func messages(in scope: String) -> [DynamicMessage.Value] {
    schema.messages.values.filter { Self.scope(of: $0.name) == scope }
      .sorted { $0.name < $1.name }.map { .message(message($0)) }
  }

  private func enumerations(in scope: String) -> [DynamicMessage.Value] {
    schema.enumerations.values.filter { Self.scope(of: $0.name) == scope }
      .sorted { $0.name < $1.name }.map { .message(enumeration($0)) }
  }

  private func message(_ message: Schema.Message) -> DynamicMessage {
    var oneofs: [String] = []
    for name in message.fields.compactMap(\.oneof) where !oneofs.contains(name) {
      oneofs.append(name)
    }
    var out = named("DescriptorProto", message.name)
    out[all: "field"] = message.fields.map { .message(field($0, oneofs: oneofs)) }
    out[all: "nested_type"] = messages(in: message.name)
    out[all: "enum_type"] = enumerations(in: message.name)
    out[all: "oneof_decl"] = oneofs.map { .message(named("OneofDescriptorProto", $0)) }
    return out
  }

  private func field(_ field: Schema.Field, oneofs: [String]) -> DynamicMessage {
    var out = named("FieldDescriptorProto", field.name)
    out["number"] = .integer(Int64(field.number))
    out["label"] = .integer(field.isRepeated ? 3 : 1)
    out["type"] = .integer(Int64(field.kind.rawValue))
    out["type_name"] = field.typeName.map { .text(".\($0)") }
    let index = field.oneof.flatMap { oneofs.firstIndex(of: $0) }
    out["oneof_index"] = index.map { .integer(Int64($0)) }
    return out
  }

  private func enumeration(_ enumeration: Schema.Enumeration) -> DynamicMessage {
    var out = named("EnumDescriptorProto", enumeration.name)
    out[all: "value"] = enumeration.names.sorted { $0.key < $1.key }.map { number, name in
      var value = named("EnumValueDescriptorProto", name)
      value["number"] = .integer(Int64(number))
      return .message(value)
    }
    return out
  }

  private func service(_ service: Schema.Service) -> DynamicMessage {
    var out = named("ServiceDescriptorProto", service.name)
    out[all: "method"] = service.methods.map {
      var method = named("MethodDescriptorProto", $0.name)
      method["input_type"] = .text(".\($0.input)")
      method["output_type"] = .text(".\($0.output)")
      return .message(method)
    }
    return out
  }

  private func named(_ type: String, _ fullName: String) -> DynamicMessage {
    var out = descriptor(type)
    out["name"] = .text(fullName.split(separator: ".").last.map(String.init) ?? fullName)
    return out
  }

  private func descriptor(_ type: String) -> DynamicMessage {
    let name = "google.protobuf.\(type)"
    return DynamicMessage(
      type: Schema.descriptors.messages[name] ?? Schema.Message(name, []),
      schema: Schema.descriptors)
  }

  private static func scope(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }
}
