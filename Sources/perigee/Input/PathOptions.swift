import ArgumentParser

/// A fleet and the two ends of a path through it: what `route` and `forecast` ask for.
struct PathOptions: ParsableArguments {
  @Argument(help: "The fleet's manifest.")
  var fleet: String

  @Option(help: "The site where the path begins.")
  var from: String

  @Option(help: "The site or orbital zone where it ends.")
  var to: String

  @Option(help: "Use only this uplink of the terminal.")
  var uplink: String?

  /// Reads the fleet and checks that it has both ends and the uplink.
  func load() throws -> FleetFile {
    let file = try FleetFile(path: fleet)
    try file.requirePlace(from, option: "--from")
    try file.requirePlace(to, option: "--to", zones: true)
    try file.requireUplink(uplink, from: from, to: to)
    return file
  }
}
