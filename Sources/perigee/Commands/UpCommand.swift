import ArgumentParser
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
      Runs in the foreground until Ctrl-C, then lets requests under way finish.

      EXAMPLES
        perigee up examples/tristan-da-cunha.yaml
        perigee up fleet.yaml --listen 127.0.0.1:9000
      """)

  @Argument(help: "The fleet's manifest.")
  var file: String

  @Option(help: "HOST:PORT to listen on, instead of the manifest's.")
  var listen: ListenArgument?

  @Option(help: "The folder for state: model files, logs.")
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
      dashboardFolder: dashboard, version: Perigee.version)
    do {
      let node = try Node(fleet: fleet, options: options, logger: logger)
      let serving = Task { try await node.run { Self.tell($0) } }
      let signals = Self.cancelOnSignal(serving)
      defer { for signal in signals { signal.cancel() } }
      Self.say("perigee \(Perigee.version): fleet \(fleet.name), computing the sky")
      try await serving.value
      Self.say("stopped")
    } catch let error as NodeError {
      if error.isInput { throw InputError(description: error.description) }
      throw Failure(description: error.description)
    } catch let error as GatewayStartError {
      if case .unprotected = error { throw InputError(description: error.description) }
      throw Failure(description: error.description)
    }
  }

  /// Prints a line at once: `print` would keep it back where the output is a file or a pipe.
  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  private static func tell(_ event: Node.Event) {
    switch event {
    case .listening(let address):
      say("endpoint   \(address.url)/v1")
      say("dashboard  \(address.url)/")
      say("metrics    \(address.url)/metrics")
    case .model(let backend, let state):
      switch state {
      case .ready: say("model      \(backend) is ready")
      case .failed(let error, let after):
        say("model      \(backend) is unavailable: \(error); looked for again every \(after)")
      case .restarting(let after, let reason):
        say("model      \(backend) restarts in \(after): \(reason)")
      case .starting, .loading, .stopped: break
      }
    case .ready(let answering, let unavailable):
      say("ready      \(answering.count) of \(answering.count + unavailable.count) backends")
    case .health(let path, let transition):
      let what = transition.isHealthy ? "is healthy again" : "is unhealthy"
      say("health     \(path) \(what)\(transition.reason.map { ": \($0)" } ?? "")")
    }
  }

  /// The first signal cancels `task`; a second one ends the process at once.
  private static func cancelOnSignal(
    _ task: Task<Void, any Error>
  ) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { Foundation.exit(130) }
        say("stopping: requests under way may finish; press Ctrl-C again to stop at once")
        task.cancel()
      }
      source.resume()
      return source
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
