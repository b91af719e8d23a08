import Fleet

/// Manifests: a fleet, or problems with their place and a cure.
enum ManifestTarget {
  static func load(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(FleetProblems) {
      _ = try Fleet.load(yaml: text, file: "fleet.yaml") { _ in throw NoFile() }
    } catch {
      demand(!error.problems.isEmpty, "an error without a problem")
      demand(error.problems.allSatisfy { !$0.cure.isEmpty }, "a problem without a cure")
    }
  }

  private struct NoFile: Error {}
}
