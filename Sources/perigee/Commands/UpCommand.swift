import ArgumentParser
import Decisions
import Dispatch
import Fleet
import Foundation
import Gateway
import Links
import Logging
import Models
import Server

/// `perigee up`: runs a fleet in the foreground.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Run a fleet: endpoint, dashboard, metrics, forecasts and emulated links.",
    discussion: """
      Runs in the foreground until Ctrl-C, then lets requests under way finish. SIGHUP reads the \
      manifest again.

      EXAMPLES
        perigee up examples/tristan-da-cunha.yaml
        perigee up fleet.yaml --listen 127.0.0.1:9000
      """)

  @Argument(help: "The fleet's manifest.")
  var file: String

  @Option(help: "HOST:PORT to listen on, instead of the manifest's.")
  var listen: ListenArgument?

  @Option(help: "The folder for state: the database, model files, logs.")
  var state: String = ".perigee"

  @Option(help: "Serve the dashboard from this folder instead of the binary, for work on it.")
  var dashboard: String?

  @Option(help: "What to log: trace, debug, info, notice, warning, error.")
  var logLevel: Logger.Level = .warning

  func run() async throws {
    let fleet = try FleetFile(path: file).fleet
    let level = logLevel
    var logger = Logger(label: "perigee") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = level
    let options = NodeOptions(
      listenHost: listen?.host, listenPort: listen?.port, stateDirectory: state,
      dashboardFolder: dashboard, manifestFolder: FleetFile.folder(of: file),
      version: Perigee.version,
      readFleet: { [file] in
        do { return try FleetFile(path: file).fleet } catch let problems as ManifestProblems {
          throw problems.asInputError
        }
      })
    do {
      let node = try Node(fleet: fleet, options: options, logger: logger)
      let serving = Task { try await node.run { Self.tell($0) } }
      let signals = Self.cancelOnSignal(serving)
      let reloads = Self.reloadOnHangup(node)
      defer { for signal in signals + [reloads] { signal.cancel() } }
      writeOutput("perigee \(Perigee.version): fleet \(fleet.name), computing the sky\n")
      try await serving.value
      writeOutput("stopped\n")
    } catch let error as NodeError {
      if error.isInput { throw InputError(description: error.description) }
      throw Failure(description: error.description)
    } catch let error as GatewayStartError {
      if case .unprotected = error { throw InputError(description: error.description) }
      throw Failure(description: error.description)
    }
  }

  private static func tell(_ event: Node.Event) {
    switch event {
    case .listening(let address):
      writeOutput("endpoint   \(address.url)/v1\n")
      writeOutput("dashboard  \(address.url)/\n")
      writeOutput("metrics    \(address.url)/metrics\n")
    case .dish(let uplink, let address, let isEmulated):
      writeOutput("dish       \(uplink) at \(address)\(isEmulated ? ", emulated" : "")\n")
    case .model(let backend, let state):
      switch state {
      case .ready: writeOutput("model      \(backend) is ready\n")
      case .failed(let error, let after):
        writeOutput(
          "model      \(backend) is unavailable: \(error); looked for again every \(after)\n")
      case .restarting(let after, let reason):
        writeOutput("model      \(backend) restarts in \(after): \(reason)\n")
      case .starting, .loading, .stopped: break
      }
    case .ready(let answering, let unavailable):
      writeOutput(
        "ready      \(answering.count) of \(answering.count + unavailable.count) backends\n")
    case .health(let path, let transition):
      let what = transition.isHealthy ? "is healthy again" : "is unhealthy"
      writeOutput("health     \(path) \(what)\(transition.reason.map { ": \($0)" } ?? "")\n")
    case .link(let uplink, let transition):
      let what = transition.isDown ? "is down" : "is back"
      writeOutput("link       \(uplink) \(what)\(transition.reason.map { ": \($0)" } ?? "")\n")
    }
  }

  /// Each SIGHUP has the node read its manifest again.
  private static func reloadOnHangup(_ node: Node) -> any DispatchSourceSignal {
    onSignal(SIGHUP) {
      Task {
        do {
          let report = try await node.reload()
          writeOutput("reloaded   \(report)\n")
        } catch {
          writeError("error: not reloaded, nothing was changed: \(error)\n")
        }
      }
    }
  }

  /// The first signal cancels `task`; a second one ends the process at once.
  private static func cancelOnSignal(
    _ task: Task<Void, any Error>
  ) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      onSignal(number) {
        if task.isCancelled { Foundation.exit(130) }
        writeOutput(
          "stopping: requests under way may finish; press Ctrl-C again to stop at once\n")
        task.cancel()
      }
    }
  }
}

/// `HOST:PORT` on the command line; IPv6 addresses in brackets.
struct ListenArgument: ExpressibleByArgument {
  var host: String
  var port: Int

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"),
      let port = Int(argument[argument.index(after: colon)...]), (0...65_535).contains(port)
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    self.host = String(host)
    self.port = port
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
