/// Message definitions as a device tells them: what a `.proto` file says, at run time.
///
/// Names are full ones without a leading dot, such as `SpaceX.API.Device.DishAlerts`.
public struct Schema: Sendable {
  /// The messages by full name.
  public private(set) var messages: [String: Message] = [:]
  /// The enumerations by full name.
  public private(set) var enumerations: [String: Enumeration] = [:]
  /// The services by full name.
  public private(set) var services: [String: Service] = [:]

  /// A schema without definitions.
  public init() {}

  /// A schema of these definitions.
  public init(
    messages: [Message], enumerations: [Enumeration] = [], services: [Service] = []
  ) {
    for message in messages { add(message) }
    for enumeration in enumerations { add(enumeration) }
    for service in services { add(service) }
  }

  /// Adds a message. The first definition of a name stays.
  public mutating func add(_ message: Message) {
    if messages[message.name] == nil { messages[message.name] = message }
  }

  /// Adds an enumeration. The first definition of a name stays.
  public mutating func add(_ enumeration: Enumeration) {
    if enumerations[enumeration.name] == nil { enumerations[enumeration.name] = enumeration }
  }

  /// Adds a service. The first definition of a name stays.
  public mutating func add(_ service: Service) {
    if services[service.name] == nil { services[service.name] = service }
  }
}

extension Schema {
  /// What a message consists of.
  public struct Message: Sendable {
    /// The full name.
    public let name: String
    /// The fields, in the order of their definition.
    public let fields: [Field]
    private let indexByNumber: [Int: Int]
    private let indexByName: [String: Int]

    /// Creates a definition. Of two fields with one number or name the first counts.
    public init(_ name: String, _ fields: [Field]) {
      self.name = name
      self.fields = fields
      indexByNumber = Dictionary(
        fields.enumerated().map { ($0.element.number, $0.offset) }, uniquingKeysWith: { a, _ in a })
      indexByName = Dictionary(
        fields.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { a, _ in a })
    }

    /// The field with that number on the wire.
    public func field(numbered number: Int) -> Field? { indexByNumber[number].map { fields[$0] } }

    /// The field of that name.
    public func field(named name: String) -> Field? { indexByName[name].map { fields[$0] } }
  }

  /// One field of a message.
  public struct Field: Sendable, Equatable {
    /// The numbers that a field may have: those that fit a tag (protobuf.dev, "Assigning Field Numbers").
    public static let numbers = 1...0x1FFF_FFFF

    /// Its number on the wire.
    public var number: Int
    /// Its name.
    public var name: String
    /// What kind of value it holds.
    public var kind: Kind
    /// The full name of the message or enumeration that it holds.
    public var typeName: String?
    /// Whether it may stand any number of times.
    public var isRepeated: Bool
    /// The group of fields of which at most one is set, where it belongs to one. Such a field is either
    /// there or not; a plain number that is not there is 0.
    public var oneof: String?

    /// Creates a field.
    public init(
      _ number: Int, _ name: String, _ kind: Kind, of typeName: String? = nil,
      repeated: Bool = false, oneof: String? = nil
    ) {
      self.number = number
      self.name = name
      self.kind = kind
      self.typeName = typeName
      self.isRepeated = repeated
      self.oneof = oneof
    }
  }

  /// The kinds of values, numbered as in `google.protobuf.FieldDescriptorProto.Type`.
  public enum Kind: Int, Sendable {
    case double = 1, float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message
    case bytes, uint32, enumeration, sfixed32, sfixed64, sint32, sint64
  }

  /// Names for numbers.
  public struct Enumeration: Sendable {
    /// The full name.
    public let name: String
    /// The names by number; of several names for one number the first.
    public let names: [Int: String]

    /// Creates an enumeration.
    public init(_ name: String, _ values: [(number: Int, name: String)]) {
      self.name = name
      names = Dictionary(values.map { ($0.number, $0.name) }, uniquingKeysWith: { a, _ in a })
    }
  }

  /// The methods of a service.
  public struct Service: Sendable {
    /// One method.
    public struct Method: Sendable, Equatable {
      /// The name within the service.
      public var name: String
      /// The full name of the message it takes.
      public var input: String
      /// The full name of the message it gives.
      public var output: String

      /// Creates a method.
      public init(_ name: String, input: String, output: String) {
        self.name = name
        self.input = input
        self.output = output
      }
    }

    /// The full name.
    public let name: String
    /// The methods.
    public let methods: [Method]

    /// Creates a service.
    public init(_ name: String, _ methods: [Method]) {
      self.name = name
      self.methods = methods
    }
  }
}
