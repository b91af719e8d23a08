// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of the parsers (`make fuzz`); a package of its own, since its rooms are compiled
// with libFuzzer's instrumentation and with their internals open to `@testable import`.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
]

/// A room, or of one with much else the folders that parse.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], only sources: [String]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Rooms/\(name)", sources: sources,
    swiftSettings: settings)
}

let package = Package(
  name: "perigee-fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "OrbitsKernel", path: "Rooms/OrbitsKernel", exclude: ["kernel.h", "vector.h"]),
    room("Orbits", ["OrbitsKernel"]),
    room("Network", ["Orbits"]),
    room("Dialects"),
    room("Fleet", ["Orbits", "Network", "Dialects", "Yams"]),
    room("Gateway", ["Dialects"] + nio, only: ["HTTP", "Parsing", "Tracing/Traceparent.swift"]),
    // libFuzzer's driver, which lies beside the toolchain's sanitizers.
    .target(name: "LibFuzzer", path: "LibFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["Dialects", "Fleet", "Gateway", "LibFuzzer"] + nio,
      path: "Targets", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
