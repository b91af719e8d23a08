import Fleet
import Network
import Orbits
import Testing

@Suite("The shipped examples")
struct ExamplesTests {
  @Test(arguments: Manifests.examples)
  func loads(_ name: String) throws {
    let fleet = try Manifests.load(Manifests.example(name), file: "\(name).yaml")
    #expect(fleet.name == name)
    #expect(!fleet.sites.isEmpty)
  }
}
