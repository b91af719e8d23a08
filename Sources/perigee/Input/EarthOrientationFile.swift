import ArgumentParser
import Orbits

/// The `--eop` option of commands that need to know how the earth is turned.
struct EarthOrientationOptions: ParsableArguments {
  @Option(
    name: .customLong("eop"),
    help: "Earth orientation from the IERS: finals2000A.all, finals.daily or eopc04.")
  var path: String?

  /// The table, if one is given. Tells on standard error which it is and how old, or that there is none.
  func table(from start: UTC, to end: UTC) throws -> EarthOrientationTable? {
    guard let path else {
      writeError(
        "earth orientation: none (--eop FILE): UT1 is taken for UTC and the pole for fixed, "
          + "some 15 m at low orbits in 2026\n")
      return nil
    }
    let text = try readText(path)
    let table: EarthOrientationTable
    do throws(EarthOrientationError) {
      table = try EarthOrientationTable(name: path, text: text)
    } catch {
      throw InputError(description: error.description)
    }
    let age = table.ageDays(at: .now)
    var note = "earth orientation: \(table), \(Int(max(0, age.rounded()))) days old"
    let worst = max(table.orientation(at: start).basis, table.orientation(at: end).basis)
    switch worst {
    case .final, .rapid: note += "; measured throughout\n"
    case .predicted: note += "; partly predicted\n"
    case .held: note += "; warning: \(worst)\n"
    }
    writeError(note)
    return table
  }
}
