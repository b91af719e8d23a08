import ArgumentParser
import Fleet
import Foundation
import Server

/// `perigee keys`: who may ask, and how much.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list, revoke and rotate the gateway's keys, and read the audit log.",
    discussion: """
      Works on the node's database in the state directory, whether the node runs or not: a running one
      looks there once a second. With --url it works on a running node over its control API instead,
      with a key of the scope `admin` in PERIGEE_API_KEY. A key is shown once, when it is made.

      From the first key on, the gateway asks everybody for one.

      EXAMPLES
        perigee keys create app-1 --limit "60 requests/minute" --limit "500 MB/day" --budget 5/day
        perigee keys create ops --scope admin --scope metrics --expires-days 90
        perigee keys list
        perigee keys rotate app-1 --overlap-hours 24
        perigee keys revoke app-1
        PERIGEE_API_KEY=… perigee keys audit --url https://gateway.example:8443 --ca ca.pem
      """,
    subcommands: [
      KeysCreateCommand.self, KeysListCommand.self, KeysShowCommand.self, KeysRevokeCommand.self,
      KeysRotateCommand.self, KeysAuditCommand.self,
    ])
}

/// Where the keys are.
struct KeysPlace: ParsableArguments {
  @Option(help: "The state directory of the node.")
  var state: String = ".perigee"

  @Option(help: "A running node to ask instead, with a key of scope admin in PERIGEE_API_KEY.")
  var url: String?

  @Option(help: "A PEM file of certificate authorities to trust beside the system's, with --url.")
  var ca: String?

  /// Says on the error stream which of the two was worked on.
  func say() {
    writeError(url.map { "node       \($0)\n" } ?? "state      \(state)\n")
  }

  /// Carries out what `local` does on the state directory, or asks a node.
  func run<Value: Decodable>(
    _ local: (KeyDesk) throws -> Value, or request: KeysRequest
  ) async throws -> Value {
    if let url { return try await request.send(to: NodeClient(url: url, ca: ca)) }
    do {
      return try local(try KeyDesk(stateDirectory: state))
    } catch let error as NodeError {
      throw InputError(description: error.description)
    } catch {
      throw InputError(description: "\(error)")
    }
  }
}

struct KeysCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a key and show it, this once.",
    discussion: """
      EXAMPLES
        perigee keys create app-1
        perigee keys create batch --scope inference --scope batch --priority flex \\
          --limit "2000000 tokens/day" --budget 20/month
        perigee keys create guest --model smollm2-135m-instruct --expires-days 1 --output json
      """)

  @Argument(help: "What people call it.")
  var name: String

  @Option(name: .customLong("scope"), help: "inference, batch, admin or metrics; may be repeated.")
  var scopes: [String] = ["inference"]

  @Option(name: .customLong("model"), help: "A model that it may name; may be repeated. None: all.")
  var models: [String] = []

  @Option(
    name: .customLong("limit"),
    help: "Such as '60 requests/minute', '100000 tokens/hour', '500 MB/day'; may be repeated.")
  var limits: [String] = []

  @Option(
    name: .customLong("budget"),
    help: "US dollars, such as 5/day, 100/month, 1000/total; may be repeated.")
  var budgets: [String] = []

  @Option(help: "The highest priority of its requests: flex, default or priority.")
  var priority: String = "default"

  @Option(help: "Days until it expires.")
  var expiresDays: Double?

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let order = KeyOrder(
      name: name, scopes: scopes, models: models.isEmpty ? nil : models, limits: limits,
      budgets: budgets, priority: priority, expiresSeconds: expiresDays.map { $0 * 86_400 })
    let made = try await place.run(
      { try $0.create(order) }, or: try KeysRequest("POST", "/api/keys", body: order))
    try KeyRows.printMade(made, format.output)
    place.say()
  }
}

struct KeysListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys and what they have used.",
    discussion: """
      EXAMPLES
        perigee keys list
        perigee keys list --output csv
      """)

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let list = try await place.run(
      { KeyList(keys: try $0.list()) }, or: KeysRequest("GET", "/api/keys"))
    try KeyRows.print(list.keys, format.output)
  }
}

struct KeysShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one key, never its secret.",
    discussion: """
      EXAMPLES
        perigee keys show app-1
      """)

  @Argument(help: "Its id or its name.")
  var key: String

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let shown = try await place.run(
      { try $0.show(key) }, or: KeysRequest("GET", "/api/keys/\(KeysRequest.escaped(key))"))
    try KeyRows.print([shown], format.output)
  }
}

struct KeysRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a key for good.",
    discussion: """
      EXAMPLES
        perigee keys revoke app-1
      """)

  @Argument(help: "Its id or its name.")
  var key: String

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let revoked = try await place.run(
      { try $0.revoke(key) },
      or: KeysRequest("POST", "/api/keys/\(KeysRequest.escaped(key))/revoke"))
    try KeyRows.print([revoked], format.output)
    place.say()
  }
}

struct KeysRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Replace a key's secret; the old one goes on for a while.",
    discussion: """
      EXAMPLES
        perigee keys rotate app-1
        perigee keys rotate app-1 --overlap-hours 0
      """)

  @Argument(help: "Its id or its name.")
  var key: String

  @Option(help: "Hours for which the old one is taken too.")
  var overlapHours: Double = 24

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    guard (0...8_760).contains(overlapHours) else {
      throw InputError(description: "--overlap-hours \(overlapHours): write 0 to 8760")
    }
    let made = try await place.run(
      { try $0.rotate(key, overlap: .seconds(overlapHours * 3_600)) },
      or: try KeysRequest(
        "POST", "/api/keys/\(KeysRequest.escaped(key))/rotate",
        body: ["overlapSeconds": overlapHours * 3_600]))
    try KeyRows.printMade(made, format.output)
    place.say()
  }
}

struct KeysAuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show who did what: keys, reloads, limits hit, access refused.",
    discussion: """
      EXAMPLES
        perigee keys audit
        perigee keys audit --count 1000 --output csv
      """)

  @Option(help: "How many entries, the newest first.")
  var count: Int = 100

  @OptionGroup var place: KeysPlace
  @OptionGroup var format: OutputOptions

  func run() async throws {
    guard (1...10_000).contains(count) else {
      throw InputError(description: "--count \(count): write 1 to 10000")
    }
    let log = try await place.run(
      { AuditList(entries: try $0.audit(newest: count)) },
      or: KeysRequest("GET", "/api/audit?limit=\(count)"))
    var printer = RowPrinter(
      columns: ["time", "actor", "action", "subject", "detail"], format: format.output)
    for entry in log.entries {
      try printer.add([
        .text(entry.time), .text(entry.actor), .text(entry.action), .text(entry.subject),
        .text(entry.detail),
      ])
    }
    printer.finish(empty: "nothing in the audit log yet")
  }
}
