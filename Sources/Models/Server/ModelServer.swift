import Foundation
import Glibc
import Logging
import Synchronization

/// One model, served by a child process that Perigee starts, watches, restarts and stops.
///
/// The port is chosen once, so the endpoint stays the same however often the process is replaced:
///
/// ```swift
/// let model = try ModelCatalogue.standard.model(named: "smollm2-135m-instruct")
/// let runtime = ModelRuntime(stateDirectory: ".perigee")
/// let server = ModelServer(model, name: "island-model", runtime: runtime)
/// await withTaskGroup { group in
///   group.addTask { await server.run() }        // until cancelled; then the process has ended
///   for await state in server.states() where state.isReady { break }
/// }
/// ```
public final class ModelServer: Sendable {
  /// The model.
  public let model: CatalogueModel
  /// What the log and the log file call this server; unique in a node.
  public let name: String
  /// The port on 127.0.0.1, the same for the server's whole life.
  public let port: UInt16
  /// Where the OpenAI-compatible API is, `/v1` included.
  public var baseURL: String { "http://127.0.0.1:\(port)/v1" }
  /// The file that takes what the process prints.
  public var logPath: String { log.path }

  let options: ModelServerOptions
  private let environment: [String: String]
  private let log: ChildLog
  private let logger: Logger
  private let board = StateBoard()
  private let locate: @Sendable () async throws(ModelError) -> LocatedModel
  private let sleep: @Sendable (Duration) async throws -> Void

  /// A server for `model`, to be started by `run()`.
  ///
  /// - Parameter name: the backend's name; two servers of a node must not share one.
  public convenience init(
    _ model: CatalogueModel, name: String, runtime: ModelRuntime,
    options: ModelServerOptions = ModelServerOptions(), logger: Logger = Logger(label: "models")
  ) {
    self.init(
      model, name: name, runtime: runtime, options: options, logger: logger,
      locate: { () async throws(ModelError) in try await runtime.locate(model) },
      sleep: { try await Task.sleep(for: $0) })
  }

  /// For tests: `locate` and the waits between two starts are given.
  init(
    _ model: CatalogueModel, name: String, runtime: ModelRuntime, options: ModelServerOptions,
    logger: Logger,
    locate: @escaping @Sendable () async throws(ModelError) -> LocatedModel,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.model = model
    self.name = name
    self.options = options
    self.locate = locate
    self.sleep = sleep
    self.logger = logger
    environment = runtime.childEnvironment
    log = runtime.log(named: name, limitBytes: options.logLimitBytes)
    port = Loopback.freePort()
  }

  /// What the model is doing now.
  public var state: ModelState { board.current }

  /// The current state, then every change. A slow reader loses all but the newest 64.
  public func states() -> AsyncStream<ModelState> { board.stream() }

  /// Serves the model until the task is cancelled, and returns once its process has ended.
  ///
  /// A failure of any kind is a state, never an error. A process that ends is replaced, after a wait
  /// that doubles from 0.2 s to 10 s and starts over once the process was ready for a minute. Missing
  /// files are looked for again every 10 s, so that installing them is enough.
  public func run() async {
    var backOff = BackOff()
    post(.starting)
    while !Task.isCancelled {
      do {
        let life = await serve(try await locate())
        if Task.isCancelled { break }
        let wait = backOff.wait(afterHealthy: life.healthy)
        post(.restarting(after: wait, reason: life.ending))
        try? await sleep(wait)
        post(.starting)
      } catch {
        post(.failed(error, retryAfter: backOff.longest))
        try? await sleep(backOff.longest)
      }
    }
    post(.stopped)
  }

  /// What one task of `serve` learnt of a process.
  private struct Finding: Sendable {
    var ending: String?
    var readySince: ContinuousClock.Instant?
  }

  /// One life of the process: why it ended, and how long it had been ready.
  private func serve(_ located: LocatedModel) async -> (ending: String, healthy: Duration) {
    log.trim()
    let before = log.sizeBytes
    let child: ChildProcess
    do {
      child = try launch(located)
    } catch {
      return ("\(error)", .zero)
    }
    post(.loading(pid: child.pid))
    let life = await withTaskGroup(of: Finding.self) { group in
      group.addTask { Finding(ending: "the process \(await child.exit())") }
      group.addTask { await self.watch(child) }
      var finding = await group.next() ?? Finding()
      let ended = ContinuousClock.now
      group.cancelAll()
      _ = await child.stop(grace: self.options.stopGrace)
      for await other in group { finding.readySince = finding.readySince ?? other.readySince }
      return (ending: finding.ending, healthy: finding.readySince.map { ended - $0 } ?? .zero)
    }
    let said = log.lastLines(4, after: before).joined(separator: " | ")
    let ending = life.ending ?? "it was stopped"
    return (said.isEmpty ? ending : "\(ending): \(said)", life.healthy)
  }

  private func launch(_ located: LocatedModel) throws -> ChildProcess {
    let descriptor = try log.open()
    defer { close(descriptor) }
    let launcher = ModelLauncher(
      weights: located.weightsPath, alias: model.name, port: port,
      context: options.contextTokens, embeddings: options.embeddings, parent: getpid())
    return try ChildProcess(
      executable: located.python, arguments: try launcher.arguments(), environment: environment,
      input: ModelLauncher.script, log: descriptor)
  }

  /// Waits for the process to answer, then checks that it goes on answering, until it does not or the
  /// task is cancelled.
  private func watch(_ child: ChildProcess) async -> Finding {
    var finding = Finding()
    let deadline = ContinuousClock.now + options.loadDeadline
    while await Loopback.status(port: port, path: "/health", timeout: .seconds(1)) != 200 {
      guard ContinuousClock.now < deadline else {
        finding.ending = "it was not ready within \(options.loadDeadline)"
        return finding
      }
      guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return finding }
    }
    finding.readySince = .now
    post(.ready(port: port, pid: child.pid))

    var unanswered = 0
    while unanswered < options.unhealthyThreshold {
      guard (try? await Task.sleep(for: options.checkInterval)) != nil else { return finding }
      log.trim()
      let status = await Loopback.status(
        port: port, path: "/health", timeout: options.checkInterval)
      unanswered = status == 200 ? 0 : unanswered + 1
    }
    finding.ending = "it left \(unanswered) health checks in a row unanswered"
    return finding
  }

  private func post(_ state: ModelState) {
    guard board.post(state) else { return }
    let level: Logger.Level =
      switch state {
      case .failed, .restarting: .warning
      case .ready: .notice
      default: .debug
      }
    logger.log(level: level, "model server \(name): \(state)")
  }
}
