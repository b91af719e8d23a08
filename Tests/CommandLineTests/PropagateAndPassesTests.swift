import Foundation
import Orbits
import Testing

@Suite struct PropagateCommandTests {
  /// The space station 0, 720 and 1,440 minutes after its epoch, TEME, km and km/s.
  static let issReferences: [[Double]] = [
    [
      6026.801023406684, 3147.3386444742787, 0.004919096443677838, -2.2098695493691,
      4.2064828206133535, 6.006594092399846,
    ],
    [
      1916.4849829296086, -3767.8261589672366, -5333.245418226647, 6.881856970867983,
      3.327505422423229, 0.11918047542771139,
    ],
    [
      -6203.17966631707, -2765.6692789845306, -210.70520989367745, 2.096732641281864,
      -4.273259960858603, -6.005798823840045,
    ],
  ]

  @Test func minutesFromEpochGiveTheReferenceStates() throws {
    let file = try TemporaryFile(stationsTLE, suffix: ".tle")
    let run = try CommandRun(
      "propagate", file.path, "--minutes", "0:1440:720", "--output", "csv")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.rows.first == [
        "catalog_number", "name", "time", "x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s",
        "error",
      ])
    try #require(run.rows.count == 7)
    // python-sgp4 2.27, WGS72, improved mode.
    let references = PropagateCommandTests.issReferences
    for (row, reference) in zip(run.rows[1...3], references) {
      #expect(row[0] == "25544" && row[1] == "ISS (ZARYA)" && row[9] == "0")
      for (text, value) in zip(row[3...8], reference) {
        #expect(abs(try #require(Double(text)) - value) < 1e-6)
      }
    }
  }

  @Test func framesAgree() throws {
    let file = try TemporaryFile(stationsTLE, suffix: ".tle")
    let times = ["--start", "2026-05-31T00:00:00Z", "--stop", "2026-05-31T00:10:00Z"]
    func rows(_ frame: String) throws -> [[String]] {
      let run = try CommandRun(
        "propagate", file.path, times[0], times[1], times[2], times[3], "--step", "60",
        "--frame", frame, "--output", "csv")
      #expect(run.status == 0, "\(run.errors)")
      return run.rows
    }
    let (teme, itrf, geodetic) = (try rows("teme"), try rows("itrf"), try rows("geodetic"))
    #expect(teme.count == 23 && itrf.count == 23 && geodetic.count == 23)
    #expect(geodetic[0][3...5] == ["lat_deg", "lon_deg", "alt_km"])
    for index in 1..<23 {
      let radii = try [teme, itrf].map { table in
        try table[index][3...5].map { try #require(Double($0)) }.reduce(0) { $0 + $1 * $1 }
      }
      #expect(abs(radii[0] - radii[1]) < 1e-2)
      let altitude = try #require(Double(geodetic[index][5]))
      #expect((380.0...460.0).contains(altitude))
    }
  }

  /// Thousands of rows over several parts of the work, put together here one by one from single satellites.
  @Test(arguments: ["teme", "itrf", "geodetic"], [1, 3])
  func rowsAreThoseOfSingleSatellitesByteForByte(frame: String, threads: Int) throws {
    let text = try String(
      contentsOf: CommandRun.root.appendingPathComponent(
        "Tests/OrbitsTests/Fixtures/catalogue-sample.omm.csv"), encoding: .utf8)
    let start = try #require(UTC("2026-08-22T12:00:00.5Z"))
    var expected: [Substring] = []
    for set in ElementSet.parse(text).elements {
      let satellite = try? Satellite(set)
      for index in 0..<200 {
        let time = start.adding(seconds: Double(index) * 7.25)
        let state = try? satellite?.state(at: time)
        expected.append("\(set.catalogNumber),\(set.name),\(time),\(numbers(state, time, frame))")
      }
    }
    let file = try TemporaryFile(text, suffix: ".csv")
    let run = try CommandRun(
      "propagate", file.path, "--start", "2026-08-22T12:00:00.5Z", "--stop",
      start.adding(seconds: 7.25 * 199).description, "--step", "7.25", "--frame", frame,
      "--threads", "\(threads)", "--output", "csv")
    let lines = run.output.split(separator: "\n").dropFirst()
    #expect(run.status == 0 && lines.count == expected.count, "\(run.errors)")
    for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start)) }
  }

  private func numbers(_ state: TEMEState?, _ time: UTC, _ frame: String) -> String {
    /// Scaled to whole units of the last place and rounded, as strings of digits.
    func text(_ values: [Double], _ decimals: Int) -> String {
      values.map { value in
        let scale = pow(10, Double(decimals))
        let units = Int((abs(value) * scale).rounded())
        let (whole, fraction) = units.quotientAndRemainder(dividingBy: Int(scale))
        let padded = String(repeating: "0", count: decimals - "\(fraction)".count) + "\(fraction)"
        return (value < 0 && units != 0 ? "-" : "") + "\(whole).\(padded)"
      }.joined(separator: ",")
    }
    guard let state else {
      return [String](repeating: "nan", count: frame == "geodetic" ? 3 : 6).joined(separator: ",")
    }
    let itrf = state.itrf(at: time)
    let (r, v) =
      frame == "teme" ? (state.positionKm, state.velocityKmS) : (itrf.positionKm, itrf.velocityKmS)
    guard frame == "geodetic" else { return text([r.x, r.y, r.z, v.x, v.y, v.z], 9) + ",0" }
    let place = Geodetic(itrfKm: r)
    return text([place.latitudeDeg, place.longitudeDeg], 9) + "," + text([place.altitudeKm], 6)
      + ",0"
  }

  @Test func badLinesAreToldAndTheOthersStillPropagated() throws {
    let broken = stationsTLE.replacing("1 36086U 09060A   26150.51748228", with: "1 36086U 09060A")
    let file = try TemporaryFile(broken, suffix: ".tle")
    let run = try CommandRun("propagate", file.path, "--minutes", "0:0:1", "--output", "csv")
    #expect(run.status == 2)
    try #require(run.rows.count == 2)
    #expect(run.errors.contains(file.path))
    #expect(run.errors.contains("line 5") || run.errors.contains(":5"))
  }

  @Test(arguments: [
    ["propagate", "nowhere.tle", "--minutes", "0:1:1"],
    ["propagate", "README.md", "--minutes", "0:1:1"],
    ["propagate", "README.md", "--minutes", "1:0:1"],
    ["propagate", "README.md", "--start", "yesterday", "--stop", "now", "--step", "1"],
    ["propagate", "README.md"],
    ["propagate", "README.md", "--minutes", "0:1e300:1e-300"],
    ["propagate", "README.md", "--minutes", "0:1e7:1e-6"],
    [
      "propagate", "README.md", "--start", "2026-01-01T00:00:00Z", "--stop",
      "2026-01-01T00:00:10Z", "--step", "0.000000000001",
    ],
    [
      "forecast", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "orbit",
      "--uplink", "stralink",
    ],
    ["explain", "req_1", "--url", "nonsense"],
    ["passes", "nowhere.tle", "--site", "0,0"],
    ["passes", "README.md", "--site", "100,0"],
    ["forecast", "nowhere.yaml", "--from", "a", "--to", "b"],
    ["check", "Package.swift"],
    ["frobnicate"],
  ])
  func wrongUseIsExitCodeTwoAndSaysWhy(_ arguments: [String]) throws {
    let run = try CommandRun(arguments: arguments)
    #expect(run.status == 2)
    #expect(!run.errors.isEmpty)
  }
}

@Suite struct PassesCommandTests {
  @Test func placesAndTimesMayBeginWithAMinus() throws {
    let file = try TemporaryFile(stationsTLE, suffix: ".tle")
    let passes = try CommandRun(
      "passes", file.path, "--site", "-37.07,-12.31", "--mask", "-5", "--start",
      "2026-05-31T00:00:00Z", "--output", "csv")
    #expect(passes.status == 0 && passes.rows.count > 2, "\(passes.errors)")
    let states = try CommandRun(
      "propagate", file.path, "--minutes", "-10:0:5", "--output", "csv")
    #expect(states.status == 0 && states.rows.count == 7, "\(states.errors)")
  }

  /// Rises above 10 degrees and culminations by skyfield 1.55 (find_events).
  static let skyfieldRises = [
    "2026-05-31T01:13", "2026-05-31T02:50", "2026-05-31T19:34", "2026-05-31T21:11",
    "2026-05-31T22:48",
  ]
  static let skyfieldElevations = [89.90, 18.04, 25.78, 69.84, 39.07]

  @Test func passesAgreeWithSkyfield() throws {
    let file = try TemporaryFile(stationsTLE, suffix: ".tle")
    let run = try CommandRun(
      "passes", file.path, "--site", "47.61,-122.33,50", "--start", "2026-05-31T00:00:00Z",
      "--stop", "2026-06-01T00:00:00Z", "--mask", "10", "--output", "csv")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.rows.first == [
        "catalog_number", "name", "aos", "los", "culmination", "max_elevation_deg",
      ])
    let iss = run.rows.filter { $0[0] == "25544" }
    #expect(iss.map { String($0[2].prefix(16)) } == Self.skyfieldRises)
    for (row, elevation) in zip(iss, Self.skyfieldElevations) {
      #expect(abs(try #require(Double(row[5])) - elevation) < 0.05)
    }
  }
}
