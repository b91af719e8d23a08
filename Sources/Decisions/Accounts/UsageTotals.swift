/// What each key has used of each path since the node began: sums that only grow, for metrics.
///
/// Keys and paths come and go with manifests and the database, so only the first ``maximumLines``
/// combinations are told apart; what comes beyond is added up under one name.
public struct UsageTotals: Sendable, Equatable {
  /// Whose usage, and where it was.
  public struct Line: Sendable, Hashable {
    /// The key's id; `nil` for requests without one.
    public var account: String?
    /// Which backend over which uplink.
    public var path: PathID

    /// What stands for all beyond the bound.
    public static let other = Line(
      account: "other", path: PathID(backend: "other", uplink: "other"))

    /// Creates a line's name.
    public init(account: String?, path: PathID) {
      self.account = account
      self.path = path
    }
  }

  /// The most combinations of key, backend and uplink that are told apart.
  public static let maximumLines = 1000

  /// The sums.
  public private(set) var lines: [Line: Usage] = [:]

  /// Nothing.
  public init() {}

  /// Adds what was used on a day.
  public mutating func add(_ usage: Usage, to line: UsageLine) {
    let wanted = Line(account: line.account, path: line.path)
    let isKnown = lines[wanted] != nil || lines.count < Self.maximumLines
    lines[isKnown ? wanted : .other, default: .zero] += usage
  }
}
