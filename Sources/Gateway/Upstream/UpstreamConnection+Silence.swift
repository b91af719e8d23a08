import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

extension UpstreamConnection {
  /// Whether what was sent does not arrive: TCP has sent it again twice, and nothing was acknowledged. `false`
  /// where the system does not tell.
  ///
  /// A peer that is busy acknowledges all the same, so this is about the way there. Through an emulated link
  /// it says nothing: the emulator acknowledges.
  var isCutOff: Bool {
    var isUnheard = false
    #if canImport(Glibc)
      guard let socket = channel as? any SocketOptionProvider else { return false }
      socket.getTCPInfo().assumeIsolated().whenSuccess { info in
        isUnheard = info.tcpi_unacked > 0 && info.tcpi_retransmits >= 2
      }
    #endif
    return isUnheard
  }
}
