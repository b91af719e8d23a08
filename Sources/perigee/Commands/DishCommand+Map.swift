import ArgumentParser
import Dish
import Foundation

/// `perigee dish map`: the sky as the terminal has seen it.
struct DishMapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "The sky as the terminal has seen it, with what stands in the way.",
    discussion: """
      North is up and east to the right, the middle is overhead. As rows (--output json or csv): each \
      place where a satellite has been, with what was received from it, 0 (obstructed) to 1 (clear).

      EXAMPLES
        perigee dish map
        perigee dish map --plot sky.svg
        perigee dish map 127.0.0.1:9200 --output csv
      """)

  @OptionGroup var dish: DishOptions

  @Option(help: "Draw the map as FILE.svg instead of text.")
  var plot: String?

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if let plot, !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError("--plot draws FILE.svg; a browser turns SVG into other formats")
    }
  }

  func run() async throws {
    let map = try await dish.ask { client throws(TerminalError) in
      try await client.obstructionMap()
    }
    let drawing = ObstructionPlot(map, of: dish.address.description)
    if let plot {
      do {
        try Data(drawing.svg.utf8).write(to: URL(fileURLWithPath: plot))
      } catch {
        throw InputError(
          description: "\(plot): can't be written: check the folder and its permissions")
      }
      writeError("\(plot): the sky as \(dish.address) has seen it\n")
    }
    guard format.output != .table else {
      if plot == nil { writeOutput(drawing.text) }
      return
    }
    var printer = RowPrinter(
      columns: ["row", "column", "azimuth_deg", "elevation_deg", "snr"], format: format.output)
    for row in 0..<map.rows {
      for column in 0..<map.columns where map.snr(row: row, column: column) >= 0 {
        let look = drawing.direction(row: row, column: column)
        try printer.add([
          .integer(row), .integer(column),
          look.map { .number($0.azimuthDeg, decimals: 1) } ?? .missing,
          look.map { .number($0.elevationDeg, decimals: 1) } ?? .missing,
          .number(map.snr(row: row, column: column), decimals: 3),
        ])
      }
    }
    printer.finish()
  }
}
