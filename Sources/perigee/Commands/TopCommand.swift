import ArgumentParser
import Dispatch
import Foundation

/// `perigee top`: a running node at a glance.
struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Watch a running node: uplinks, backends, requests.",
    discussion: """
      Drawn anew each second; Ctrl-C ends it. Where the output is no terminal, one plain report \
      follows the other.

      EXAMPLES
        perigee top
        perigee top --once --output json
        PERIGEE_API_KEY=… perigee top --url https://gateway.example:8443 --ca ca.pem
      """)

  /// How the figures are printed.
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var node: NodeAddress

  @Flag(help: "Print one report and end.")
  var once = false

  @Option(help: "How to print: table, or json, one object on a line for each report.")
  var output: Format = .table

  @Option(help: "Seconds between reports.")
  var interval: Double = 1

  func validate() throws {
    guard (0.1...3600).contains(interval) else {
      throw ValidationError("--interval \(interval): give seconds from 0.1 to 3600")
    }
  }

  func run() async throws {
    let client = try node.client()
    let first = try await client.get("/api/top", missing: "has no /api/top: it is an older node")
    if once { return try show(first, client) }
    guard Terminal.isThere, output == .table else {
      try show(first, client)
      while (try? await Task.sleep(for: .seconds(interval))) != nil {
        try show(try await client.get("/api/top"), client)
      }
      return
    }
    try await watch(client)
  }

  /// Plain text: a report, and an empty line after a table.
  private func show(_ data: Data, _ client: NodeClient) throws {
    if output == .json { return writeOutput(String(decoding: data, as: UTF8.self) + "\n") }
    let figures = try client.decode(TopFigures.self, from: data)
    let width = Terminal.isThere ? Terminal.size.width : 400
    let lines = TopScreen(width: width, height: 400).lines(figures)
    writeOutput(lines.joined(separator: "\n") + (once ? "\n" : "\n\n"))
  }

  /// Draws until a signal comes; whatever happens, the terminal is given back.
  private func watch(_ client: NodeClient) async throws {
    Terminal.enter()
    let signals = [SIGINT, SIGTERM, SIGHUP].map { number in
      onSignal(number) {
        Terminal.leave()
        Foundation.exit(number == SIGINT ? 0 : 128 + number)
      }
    }
    // A terminal that changes its size is drawn on at once, not at the next second.
    let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let resized = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
    resized.setEventHandler { tick.yield() }
    resized.resume()
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.setEventHandler { tick.yield() }
    timer.schedule(deadline: .now(), repeating: interval)
    timer.resume()
    defer {
      timer.cancel()
      resized.cancel()
      for signal in signals { signal.cancel() }
      Terminal.leave()
    }
    for await _ in ticks {
      let size = Terminal.size
      let screen = TopScreen(width: size.width, height: size.height)
      do {
        let data = try await client.get("/api/top")
        Terminal.draw(screen.lines(try client.decode(TopFigures.self, from: data)))
      } catch let error as Failure {
        // A node that restarts comes back.
        Terminal.draw(screen.fitted([error.description]))
      }
    }
  }
}
