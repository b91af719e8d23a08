/// Why a call got no answer in gRPC's terms.
enum RPCError: Error, Sendable, Equatable {
  /// The peer ended the call with a status other than `ok`.
  case status(RPCStatus)
  /// No connection, or one that broke.
  case connection(String)
  /// The address to connect from is none of this host that leads there.
  case localAddress(String)
  /// No answer within the time.
  case timedOut
  /// What answers does not speak gRPC.
  case notGRPC(String)
  /// An answer of more bytes than are taken.
  case tooLarge(limit: Int)
}
