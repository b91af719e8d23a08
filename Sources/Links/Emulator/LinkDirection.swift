/// Which way bytes go over an uplink.
public enum LinkDirection: Sendable, Hashable, CaseIterable {
  /// From the site to the backend.
  case up
  /// From the backend to the site.
  case down
}
