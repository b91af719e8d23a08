import ArgumentParser
import Fleet
import Network

/// The pairs of places that `perigee forecast` is asked about.
struct ForecastOptions: ParsableArguments {
  @Argument(help: "The fleet's manifest.")
  var fleet: String

  @Option(help: "Where paths begin: a site, several with commas, or all (every terminal).")
  var from: String

  @Option(
    help:
      "Where they end: a site or orbital zone, several with commas, or all (every region and zone)."
  )
  var to: String

  @Option(help: "Use only this uplink of the terminals.")
  var uplink: String?

  /// Reads the fleet and checks that it has all places and the uplink.
  func load() throws -> (file: FleetFile, from: [String], to: [String]) {
    let file = try FleetFile(path: fleet)
    let sites = file.fleet.sites
    let terminals = sites.filter { $0.kind == .terminal }.map(\.name)
    let regions = sites.filter { $0.kind == .region }.map(\.name) + file.fleet.zones.map(\.name)
    // A fleet of stations alone, as the field's benchmarks have, is forecast from each to each.
    let all = sites.map(\.name)
    let origins = try names(
      from, option: "--from", all: terminals.isEmpty ? all : terminals, known: all, file: file)
    let destinations = try names(
      to, option: "--to", all: regions.isEmpty ? all : regions,
      known: all + file.fleet.zones.map(\.name), file: file)
    try checkUplink(file, origins: origins, destinations: destinations)
    return (file, origins, destinations)
  }

  /// A name of the fleet is that place, even where it is `all` or has commas.
  private func names(
    _ text: String, option: String, all: [String], known: [String], file: FleetFile
  ) throws -> [String] {
    if known.contains(text) { return [text] }
    if text == "all" { return all }
    var names: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = String(part)
      try file.requirePlace(name, option: option, zones: option == "--to")
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func checkUplink(
    _ file: FleetFile, origins: [String], destinations: [String]
  ) throws {
    guard let uplink else { return }
    if origins.count == 1, destinations.count == 1 {
      return try file.requireUplink(uplink, from: origins[0], to: destinations[0])
    }
    let known = origins.compactMap(file.fleet.site(named:)).flatMap(\.uplinks).map(\.name)
    guard known.contains(uplink) else {
      let list = Set(known).sorted().joined(separator: ", ")
      throw InputError(
        description: "\(fleet): --uplink \(uplink): none of these sites has it; there are "
          + (list.isEmpty ? "none" : list))
    }
  }
}
