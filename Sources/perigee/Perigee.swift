import ArgumentParser

/// The command line: arguments in, printing out, nothing else.
struct Perigee: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perigee",
    abstract: "A self-hosted, satellite-aware AI cloud.",
    discussion: """
      Perigee computes where every satellite will be, forecasts every link from that, and routes \
      AI inference over the best one.

      EXAMPLES
        perigee up examples/tristan-da-cunha.yaml
        perigee check examples/polar-station.yaml
        perigee route examples/tristan-da-cunha.yaml --from tristan --to eu-central-1
        perigee simulate examples/tristan-da-cunha.yaml --start now --hours 1 \\
          --workload examples/workloads/smoke-hour.yaml
        perigee elements fetch stations
        perigee passes stations.tle --site 47.61,-122.33 --mask 10
      """,
    version: "perigee \(version)",
    subcommands: [
      UpCommand.self, CheckCommand.self, SkyCommand.self, RouteCommand.self,
      ForecastCommand.self, ElementsCommand.self, PassesCommand.self, PropagateCommand.self,
      ExplainCommand.self, SimulateCommand.self, CompareCommand.self, CalibrateCommand.self,
      ClaimsCommand.self, DishCommand.self, KeysCommand.self, ReloadCommand.self,
      ReplayCommand.self, TopCommand.self,
    ])

  /// The version of this build.
  static let version = "0.1.0"
}
