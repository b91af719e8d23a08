/// Why bytes are not a message in the protocol buffers wire format, or not one that is taken in.
public enum WireError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bytes end inside a field.
  case truncated
  /// An integer of more than ten bytes.
  case overlongInteger
  /// A field number outside 1...536870911.
  case badFieldNumber(UInt64)
  /// A wire type that the format does not have.
  case badWireType(Int)
  /// A group that ends without having begun, or under another number.
  case unbalancedGroup
  /// Messages nested more deeply than the limit.
  case tooDeep(limit: Int)
  /// More values than the limit.
  case tooManyValues(limit: Int)
  /// The schema has no message of this name.
  case unknownType(String)

  /// What is wrong with the bytes.
  public var description: String {
    switch self {
    case .truncated: "the message ends inside a field"
    case .overlongInteger: "an integer of more than ten bytes"
    case .badFieldNumber(let number): "field number \(number) is out of range"
    case .badWireType(let type): "there is no wire type \(type)"
    case .unbalancedGroup: "a group does not end as it began"
    case .tooDeep(let limit): "messages are nested more than \(limit) deep"
    case .tooManyValues(let limit): "the message has more than \(limit) values"
    case .unknownType(let name): "the definitions have no message \(name)"
    }
  }
}
