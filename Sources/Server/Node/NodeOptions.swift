/// What the command line adds to a fleet.
public struct NodeOptions: Sendable {
  /// The address to listen on; `nil` takes the manifest's.
  public var listenHost: String?
  /// The port to listen on; `nil` takes the manifest's.
  public var listenPort: Int?
  /// The folder for logs, the Python environment and what is known of models.
  public var stateDirectory: String
  /// A folder whose files replace the dashboard's own, for work on it.
  public var dashboardFolder: String?
  /// The version to show.
  public var version: String

  /// Creates options.
  public init(
    listenHost: String? = nil, listenPort: Int? = nil, stateDirectory: String = ".perigee",
    dashboardFolder: String? = nil, version: String = "0"
  ) {
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.stateDirectory = stateDirectory
    self.dashboardFolder = dashboardFolder
    self.version = version
  }
}
