/// Why an endpoint could not be connected to.
public enum DialError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The uplink's source address is not an IP address.
  case badLocalAddress(String)
  /// No TLS session can be prepared for this server name.
  case badServerName(String, reason: String)
  /// TLS through an emulator to a backend that is known by this address only: its certificate would be
  /// compared with the emulator's address.
  case addressBehindEmulator(String)

  /// What is wrong, where, and what helps.
  public var description: String {
    switch self {
    case .badLocalAddress(let address):
      "source address '\(address)' is not an IP address: give one that this machine has"
    case .badServerName(let name, let reason):
      "TLS to '\(name)' cannot be prepared (\(reason)): check the backend's host name"
    case .addressBehindEmulator(let address):
      "TLS to '\(address)' cannot be checked over an emulated link: name the backend by its host name"
    }
  }
}
