// swift-tools-version: 6.2
import PackageDescription

// Perigee's side of `make bench-network`; a package of its own, so that the library ships without it.
let package = Package(
  name: "network-bench",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "perigee", path: "../..")],
  targets: [
    .target(name: "AllocationCount"),
    .executableTarget(
      name: "network-bench",
      dependencies: [
        "AllocationCount",
        .product(name: "Orbits", package: "perigee"), .product(name: "Network", package: "perigee"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
