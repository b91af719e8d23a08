import ArgumentParser
import Foundation
import Server

/// `perigee reload`: has a running node read its manifest again.
struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Have a running node read its manifest again, without dropping a request.",
    discussion: """
      The manifest is read and checked as a whole first: one that can't be used changes nothing. \
      Requests under way finish on what they began with. `kill -HUP` does the same.

      EXAMPLES
        perigee reload
        perigee reload --output json
        PERIGEE_API_KEY=… perigee reload --url https://gateway.example:8443 --ca ca.pem
      """)

  @OptionGroup var node: NodeAddress
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let client = try node.client()
    let (status, data) = try await client.send("POST", "/api/reload")
    if status == 422 { throw InputError(description: client.failure(status, data).description) }
    guard status == 200 else { throw client.failure(status, data) }
    if format.output == .json {
      writeOutput(String(decoding: data, as: UTF8.self) + "\n")
      return
    }
    let report = try client.decode(ReloadReport.self, from: data)
    var printer = RowPrinter(
      columns: ["what", "added", "removed", "changed"], format: format.output)
    for (what, names) in [("backends", report.backends), ("uplinks", report.uplinks)] {
      try printer.add(
        [.text(what)]
          + [names.added, names.removed, names.changed].map {
            .text($0.isEmpty ? "-" : $0.joined(separator: " "))
          })
    }
    printer.finish(empty: "nothing")
  }
}
