import ArgumentParser
import Catalogue
import Orbits

/// `perigee elements`: fetch, convert and show element sets.
struct ElementsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "elements",
    abstract: "Fetch, convert and show element sets.",
    subcommands: [Fetch.self, Convert.self, Show.self])

  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download element sets through a cache, and print the path of the file.",
      discussion: """
        A group is one of CelesTrak's: starlink, oneweb, active, stations, geo and so on. A source \
        is downloaded once in two hours at most; in between, without a network and after a failure \
        the cached file is used. How old it is stands on standard error.

        EXAMPLES
          perigee elements fetch stations
          perigee passes $(perigee elements fetch starlink) --site 47.61,-122.33
          perigee elements fetch https://example.org/my-satellites.tle --offline
        """)

    @Argument(help: "A group's name, or a URL.")
    var source: String

    @Option(help: "Another server's group query, in place of CelesTrak's.")
    var from: String = ElementSource.publisher

    @Option(help: "The folder that perigee keeps its state in.")
    var state: String = ".perigee"

    @Flag(help: "Use the cache alone.")
    var offline = false

    @Flag(
      help: "Ask before two hours have passed; CelesTrak and Space-Track are not asked even so.")
    var force = false

    func validate() throws {
      if offline, force { throw ValidationError("--offline and --force contradict each other") }
    }

    func run() async throws {
      do throws(CatalogueError) {
        let source = try ElementSource(source, base: from)
        let fetcher = ElementFetcher(folder: "\(state)/elements", now: { .now })
        let fetched = try await fetcher.fetch(source, offline: offline, force: force)
        writeError("\(source.name): \(fetched.summary(now: .now))\n")
        writeOutput(fetched.path + "\n")
      } catch {
        if case .invalidSource = error { throw InputError(description: error.description) }
        throw Failure(description: error.description)
      }
    }
  }

  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write element sets in another form.",
      discussion: """
        The OMM forms (csv, json, xml, kvn) carry every number without loss. A TLE has fixed \
        columns: digits beyond them are rounded and told on standard error, and sets that it cannot \
        carry (catalogue numbers over 339999) are left out, with exit code 2.

        EXAMPLES
          perigee elements convert active.csv --to tle > active.tle
        """)

    @Argument(help: "TLE, or OMM in CSV, JSON, XML or KVN.")
    var file: String

    @Option(help: "tle, csv, json, xml or kvn.")
    var to: ElementSetFormat

    func run() throws {
      let file = try ElementFile(path: file)
      let written = ElementSet.write(file.elements, as: to)
      writeOutput(written.text)
      report(written)
      try file.failIfIncomplete()
      guard written.unwritable.isEmpty else {
        throw InputError(
          description:
            "\(written.unwritable.count) element set(s) cannot be written as \(to.rawValue)")
      }
    }

    private func report(_ written: WrittenElementSets) {
      for unwritable in written.unwritable.prefix(20) { writeError("\(unwritable)\n") }
      let hidden = written.unwritable.count - 20
      if hidden > 0 { writeError("and \(hidden) more\n") }
      let byKeyword = Dictionary(grouping: written.changed, by: \.keyword)
      for keyword in byKeyword.keys.sorted() {
        guard let changes = byKeyword[keyword], let first = changes.first else { continue }
        writeError(
          "warning: \(keyword) does not fit a \(to.rawValue) in \(changes.count) set(s); \(first)\n"
        )
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is in a file of element sets, one row for each.",
      discussion: """
        Heights are above the equatorial radius, from the mean elements. The age is the epoch's.

        EXAMPLES
          perigee elements show stations.tle
        """)

    @Argument(help: "TLE, or OMM in CSV, JSON, XML or KVN.")
    var file: String

    @OptionGroup var format: OutputOptions

    func run() throws {
      let file = try ElementFile(path: file)
      let now = UTC.now
      var printer = RowPrinter(
        columns: [
          "catalog_number", "name", "epoch", "age_days", "period_min", "perigee_km", "apogee_km",
          "inclination_deg", "eccentricity",
        ], format: format.output)
      for set in file.elements {
        let orbit = set.meanOrbit
        try printer.add([
          .integer(set.catalogNumber), .text(set.name), .text(set.epoch.description),
          .number(now.seconds(since: set.epoch) / 86_400, decimals: 2),
          .number(1_440 / set.meanMotionRevPerDay, decimals: 2),
          .number(orbit.perigeeKm, decimals: 1), .number(orbit.apogeeKm, decimals: 1),
          .number(set.inclinationDeg, decimals: 4), .number(set.eccentricity, decimals: 7),
        ])
      }
      printer.finish()
      try file.failIfIncomplete()
    }
  }
}

extension ElementSetFormat: ExpressibleByArgument {}
