/// Why a terminal gave no answer that can be used.
public enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nothing takes the connection, or it broke.
  case unreachable(TerminalAddress, reason: String)
  /// The address to ask from is none of this host's from which the terminal could be asked.
  case notOfThisHost(TerminalAddress, local: String)
  /// Nothing came within the time.
  case timedOut(TerminalAddress, seconds: Double)
  /// What answers is no terminal.
  case notATerminal(TerminalAddress, reason: String)
  /// This terminal's software has no such request.
  case notOffered(TerminalAddress, request: String)
  /// The terminal does not allow the request.
  case notPermitted(TerminalAddress, request: String)
  /// The terminal answered with an error.
  case failed(TerminalAddress, request: String, RPCStatus)
  /// The answer contradicts itself or is beyond the limits.
  case malformed(TerminalAddress, reason: String)

  /// What happened, where, and what helps.
  public var description: String {
    switch self {
    case .unreachable(let address, let reason):
      "no terminal answers at \(address) (\(reason)): \(Self.cure(address))"
    case .notOfThisHost(let address, let local):
      "\(address) can't be asked from \(local), which is no address of this host that leads there: "
        + "`ip address` lists them"
    case .timedOut(let address, let seconds):
      "no terminal answers at \(address) within \(seconds) s: \(Self.cure(address))"
    case .notATerminal(let address, let reason):
      "what answers at \(address) is no terminal (\(reason)): \(Self.cure(address))"
    case .notOffered(let address, let request):
      "the terminal at \(address) has no request `\(request)`: its software is older or newer than that"
    case .notPermitted(let address, let request):
      "the terminal at \(address) does not allow `\(request)`: allow it in the operator's app"
    case .failed(let address, let request, let status):
      "the terminal at \(address) answered `\(request)` with \(status.code)"
        + (status.message.isEmpty ? "" : ": \(status.message)")
    case .malformed(let address, let reason):
      "the answer of \(address) can't be read (\(reason)): check that it is a terminal's address"
    }
  }

  private static func cure(_ address: TerminalAddress) -> String {
    guard address.host == TerminalAddress.standard.host else {
      return
        "check the address (a real terminal's is \(TerminalAddress.standard)), and that the terminal or "
        + "its emulator runs"
    }
    return
      "is this host behind the terminal? Where a router of your own stands between, it needs a "
      + "route to 192.168.100.1 over the terminal's side, such as "
      + "`ip route add 192.168.100.1/32 dev WAN`"
  }
}
