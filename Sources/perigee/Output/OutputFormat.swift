import ArgumentParser

/// How a command prints its rows.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}

/// The `--output` option that every command with rows has.
struct OutputOptions: ParsableArguments {
  @Option(name: .long, help: "How to print: table, json or csv.")
  var output: OutputFormat = .table
}
