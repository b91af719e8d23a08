// swift-tools-version: 6.2
import PackageDescription

// Perigee's side of `make bench-orbits`; a package of its own, so that the library ships without it.
let package = Package(
  name: "orbits-bench",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "perigee", path: "../..")],
  targets: [
    .executableTarget(
      name: "orbits-bench", dependencies: [.product(name: "Orbits", package: "perigee")])
  ],
  swiftLanguageModes: [.v6]
)
