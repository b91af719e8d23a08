import ArgumentParser
import Dish
import Foundation

/// `perigee dish`: what a Starlink terminal says.
struct DishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dish",
    abstract: "Read a Starlink terminal: status, history, obstruction map, outages.",
    discussion: """
      Asks the terminal's local API, which hosts behind it reach at 192.168.100.1. What the terminal's \
      software does not tell stays empty. `perigee up` serves the same API for emulated terminals and \
      prints their addresses.

      EXAMPLES
        perigee dish status
        perigee dish history --last 300 --output csv
        perigee dish map --plot sky.svg
        perigee dish outages 127.0.0.1:9200
      """,
    subcommands: [
      DishStatusCommand.self, DishHistoryCommand.self, DishMapCommand.self,
      DishOutagesCommand.self,
    ])
}

/// Where the terminal is and how it is asked.
struct DishOptions: ParsableArguments {
  @Argument(help: "HOST or HOST:PORT of the terminal.")
  var address: TerminalAddress = .standard

  @Option(help: "The address of this host to ask from, where it has several ways out.")
  var from: String?

  @Option(help: "How long to wait for the terminal.")
  var timeout: TimeoutArgument = TimeoutArgument(seconds: 5)

  /// Asks the terminal, and ends the connection.
  func ask<Answer: Sendable>(
    _ question: (TerminalClient) async throws(TerminalError) -> Answer
  ) async throws -> Answer {
    let client = TerminalClient(
      address, from: from, timeout: .milliseconds(Int64(timeout.seconds * 1000)))
    let waiting = Task {
      try await Task.sleep(for: .seconds(2))
      if isatty(STDERR_FILENO) == 1 { writeError("waiting for \(address)\n") }
    }
    defer { waiting.cancel() }
    do {
      let answer = try await question(client)
      await client.close()
      return answer
    } catch {
      await client.close()
      if case .notOfThisHost = error {
        throw InputError(description: "--from: \(error.description)")
      }
      throw Failure(description: error.description)
    }
  }
}

/// A time to wait on the command line: as other spans, a tenth of a second to five minutes.
struct TimeoutArgument: ExpressibleByArgument {
  var seconds: Double

  var defaultValueDescription: String { "\(Int(seconds))s" }

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    guard let span = SpanArgument(argument: argument), (0.1...300).contains(span.seconds) else {
      return nil
    }
    seconds = span.seconds
  }
}

extension TerminalAddress: ExpressibleByArgument {
  /// Reads an address from the command line.
  public init?(argument: String) { self.init(argument) }
  /// What help shows for a default.
  public var defaultValueDescription: String { host }
}
