import Fleet

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
  /// The folder that relative paths in the manifest start from: the manifest's own.
  public var manifestFolder: String
  /// The version to show.
  public var version: String
  /// Reads the manifest anew, for a reload; `nil` where there is none to read. What it throws is told to
  /// whoever asked.
  public var readFleet: (@Sendable () throws -> Fleet)?

  /// Creates options.
  public init(
    listenHost: String? = nil, listenPort: Int? = nil, stateDirectory: String = ".perigee",
    dashboardFolder: String? = nil, manifestFolder: String = ".", version: String = "0",
    readFleet: (@Sendable () throws -> Fleet)? = nil
  ) {
    self.readFleet = readFleet
    self.manifestFolder = manifestFolder
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.stateDirectory = stateDirectory
    self.dashboardFolder = dashboardFolder
    self.version = version
  }
}
