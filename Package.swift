// swift-tools-version: 6.2
import PackageDescription

// Rooms, foundations first. A room depends only on rooms above it in this list and never knows those
// below. The pure rooms (Digests to Simulation, and Dialects) import no networking, no Dispatch, no clock.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
  .product(name: "Logging", package: "swift-log"),
]

/// HTTP/2 in plain text, for gRPC.
let http2: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHPACK", package: "swift-nio-http2"),
  .product(name: "NIOHTTP2", package: "swift-nio-http2"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ room: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(room)Tests", dependencies: [.byName(name: room), "TestSupport"] + dependencies,
    exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "perigee",
  products: [
    .library(name: "Orbits", targets: ["Orbits"]),
    .library(name: "Network", targets: ["Network"]),
    .executable(name: "perigee", targets: ["perigee"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    room("Digests"),
    .target(name: "OrbitsKernel", exclude: ["kernel.h", "vector.h"]),
    room("Orbits", ["OrbitsKernel"]),
    room("Network", ["Orbits"]),
    room("Calibration", ["Orbits", "Network"]),
    room("Dialects"),
    room("Fleet", ["Orbits", "Network", "Dialects", "Yams"]),
    room("Decisions", ["Digests", "Orbits", "Network", "Fleet"]),
    room("Simulation", ["Orbits", "Network", "Calibration", "Fleet", "Decisions"]),
    room("Links", ["Orbits", "Network", "Fleet", "Decisions"] + nio),
    room(
      "Gateway",
      ["Digests", "Orbits", "Network", "Fleet", "Decisions", "Links", "Dialects"] + nio),
    room(
      "Store",
      ["Digests", "Orbits", "Fleet", "Decisions", .product(name: "GRDB", package: "GRDB.swift")]),
    room("Dish", ["Orbits"] + http2),
    room("Models", [.product(name: "Logging", package: "swift-log")]),
    room("Catalogue", ["Digests", "Orbits"]),
    .target(name: "DashboardAssets"),
    room(
      "Server",
      [
        "Digests", "Orbits", "Network", "Fleet", "Decisions", "Links", "Dialects", "Gateway",
        "Store",
        "Dish", "Models", "DashboardAssets",
      ] + nio),
    .executableTarget(
      name: "perigee",
      dependencies: [
        "Orbits", "Network", "Calibration", "Fleet", "Decisions", "Simulation", "Links", "Models",
        "Catalogue", "Dialects", "Gateway", "Dish", "Server",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("Digests"),
    tests("Orbits", exclude: ["Fixtures"]),
    tests("Network", ["Orbits"]),
    tests("Calibration", ["Orbits", "Network"]),
    tests("Fleet", ["Orbits", "Network", "Dialects"]),
    tests(
      "Decisions", ["Digests", "Orbits", "Network", "Calibration", "Fleet"], exclude: ["Fixtures"]),
    tests("Simulation", ["Orbits", "Network", "Calibration", "Fleet", "Decisions"]),
    tests("Links", ["Orbits", "Network", "Fleet", "Decisions"] + nio),
    tests("Dialects"),
    tests(
      "Gateway", ["Digests", "Orbits", "Fleet", "Decisions", "Links", "Dialects"] + nio,
      exclude: ["Python"]),
    tests(
      "Store", ["Orbits", "Fleet", "Decisions", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("Dish", ["Orbits"] + http2, exclude: ["Python"]),
    tests("Models"),
    tests("Catalogue", ["Digests", "Orbits"], exclude: ["Python"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["perigee", "Orbits", "TestSupport"],
      exclude: ["Python"],
      swiftSettings: settings),
    tests(
      "Server",
      [
        "Orbits", "Network", "Fleet", "Decisions", "Links", "Dialects", "Gateway", "Store", "Dish",
        "Models",
      ] + nio,
      exclude: ["Python"]),
  ],
  swiftLanguageModes: [.v6]
)
