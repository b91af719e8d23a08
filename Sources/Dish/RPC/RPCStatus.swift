/// How a gRPC call ended, as its trailers say (grpc.io, "Status codes").
public struct RPCStatus: Error, Sendable, Equatable {
  /// The codes of gRPC.
  public enum Code: Int, Sendable {
    case ok = 0, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists
    case permissionDenied, resourceExhausted, failedPrecondition, aborted, outOfRange
    case unimplemented, `internal`, unavailable, dataLoss, unauthenticated
  }

  /// The code; `unknown` for one that gRPC does not have.
  public var code: Code
  /// What the peer says about it.
  public var message: String

  /// Creates a status.
  public init(_ code: Code, _ message: String = "") {
    self.code = code
    self.message = message
  }
}

extension RPCStatus {
  /// A message as it stands in a trailer: bytes outside printable ASCII, and `%`, as `%XX`.
  static func escaped(_ message: String) -> String {
    message.utf8.map { byte in
      guard (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") else {
        return byte < 16 ? "%0\(String(byte, radix: 16))" : "%\(String(byte, radix: 16))"
      }
      return String(UnicodeScalar(byte))
    }.joined()
  }

  /// A trailer's message as text; what is not an escape stays as it is. At most 1,024 bytes are taken.
  static func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8.prefix(1_024))[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
