import ArgumentParser
import Calibration
import Foundation
import Network

/// `perigee calibrate`: a link model from a measured trace, and how far it holds.
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fits a link model to a trace of pings or throughput, and says how far it holds.",
    discussion: """
      TRACE is a CSV file with a header line. Pings need the columns unix_s and rtt_ms (-1 where lost); \
      throughput needs a time and Mbit/s.

      The model is fitted to one part of the trace and held against the rest, pinged by the same tool at \
      the same pace. "replay" holds the fitted part itself against the rest: where the two parts differ, no \
      model that knows only the one can match the other.

      EXAMPLES
        perigee calibrate pings.csv --propagation 8
        perigee calibrate pings.csv --alternate --plot calibration.svg
        perigee calibrate pings.csv --whole --output json
        perigee calibrate iperf.csv --column upload_mbps --parked
      """)

  @Argument(help: "CSV file of pings or of throughput.")
  var trace: String

  @Flag(help: "What is fitted; the rest is held out.")
  var split: TraceSplit = .firstHalf

  @Option(
    help:
      "Pings: round trip of light on the way that they took, ms, 0 where not given; the model holds what is beyond it."
  )
  var propagation: Double?

  @Option(help: "Pings: courses of the model that make its figures; 20 where not given.")
  var realisations: Int?

  @Option(help: "Draw the distributions of trace and model: FILE.svg.")
  var plot: String?

  @Option(help: "Throughput: the column to read.")
  var column: String?

  @Flag(help: "Throughput: only rows whose speed is 0.")
  var parked = false

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard propagation.map({ $0 >= 0 && $0 < 10_000 }) ?? true else {
      throw ValidationError("--propagation is 0 to 10000 ms")
    }
    guard realisations.map((1...1_000).contains) ?? true else {
      throw ValidationError("--realisations is 1 to 1000")
    }
    if let plot, !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError("--plot draws FILE.svg; a browser turns SVG into other formats")
    }
  }

  func run() async throws {
    let text = try readText(trace)
    do {
      if column != nil || CapacityTrace.isThroughput(text) {
        try calibrateCapacity(text)
      } else {
        try calibratePings(text)
      }
    } catch let problem as TraceProblem {
      throw InputError(description: "\(trace): \(problem)")
    } catch let error as CalibrationError {
      throw InputError(description: "\(trace): \(error)")
    }
  }

  private func calibratePings(_ text: String) throws {
    guard !parked else { throw InputError(description: "--parked is for throughput only") }
    let realisations = realisations ?? 20
    let pings = try Trace.read(text)
    var progress = Progress("holding the model against the trace", total: realisations)
    let validation = try Validation(
      of: pings, split: split, propagationMs: propagation ?? 0, realisations: realisations
    ) { progress.update($0) }
    progress.finish()
    var printer = RowPrinter(columns: CalibrationRows.columns, format: format.output)
    for row in CalibrationRows(validation).rows { try printer.add(row) }
    printer.finish()
    if let plot {
      try draw(
        CalibrationPlot(
          name: URL(fileURLWithPath: trace).lastPathComponent, trace: pings, split: split,
          validation: validation
        ).svg, to: plot)
    }
  }

  private func calibrateCapacity(_ text: String) throws {
    guard plot == nil else { throw InputError(description: "--plot draws traces of pings only") }
    for (name, isGiven) in [
      ("--propagation", propagation != nil), ("--realisations", realisations != nil),
    ] where isGiven {
      throw InputError(description: "\(name) is for pings only")
    }
    let samples = try CapacityTrace.read(text, column: column, parkedOnly: parked)
    // Throughput is measured in pieces, often days apart: every other five minutes means nothing.
    guard split != .alternate else {
      throw InputError(description: "--alternate is for pings: use --first-half or --whole")
    }
    let fit = try CapacityCalibration(fitting: split == .whole ? samples : samples.firstHalf)
    let rest = split == .whole ? nil : try CapacityCalibration(fitting: samples.secondHalf)
    var printer = RowPrinter(columns: CalibrationRows.columns, format: format.output)
    for row in CalibrationRows.capacity(fit, heldOut: rest) { try printer.add(row) }
    printer.finish()
  }

  private func draw(_ svg: String, to destination: String) throws {
    do {
      try Data(svg.utf8).write(to: URL(fileURLWithPath: destination))
    } catch {
      throw InputError(
        description: "\(destination): can't be written: check the folder and its permissions")
    }
    writeError("\(destination): trace against model\n")
  }
}

extension TraceSplit: EnumerableFlag {}
