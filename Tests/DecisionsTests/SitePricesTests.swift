import Decisions
import Fleet
import Network
import Orbits
import Testing

/// What the manifest's prices make of candidates.
@Suite struct SitePricesTests {
  @Test func eachModelCostsItsOwn() throws {
    let start = UTC(year: 2026, month: 11, day: 25)
    let url = BackendURL(scheme: .https, host: "b.example", port: 443, basePath: "/v1")
    func backend(_ name: String, _ perMillion: Double?, _ prices: TokenPrices?) -> Backend {
      var backend = Backend(
        name: name, location: .site("island"), source: .url(url),
        models: [
          ServedModel(name: "m"),
          ServedModel(name: "dear", prices: TokenPrices(input: 3, output: 15, perRequest: 0.01)),
        ], pricePerMillionTokens: perMillion)
      backend.prices = prices
      return backend
    }
    let site = Site(
      name: "island", kind: .terminal,
      track: .fixed(Geodetic(latitudeDeg: 53, longitudeDeg: 3)), uplinks: [])
    let split = TokenPrices(input: 0.5, output: 1.5, cachedInput: 0.05)
    let knowledge = Knowledge(
      site.ways(to: [
        backend("flat", 0.6, nil), backend("split", 9, split), backend("free", nil, nil),
      ]),
      at: start)
    func prices(_ model: String) -> [TokenPrices] {
      let facts = RequestFacts(
        id: "r", endpoint: "/v1/chat/completions", model: model, stream: true, bytes: 0,
        arrival: start, deadline: start.adding(seconds: 600))
      return knowledge.candidates(for: facts, at: start).map(\.prices)
    }
    #expect(prices("m") == [TokenPrices(input: 0.6, output: 0.6), split, .free])
    #expect(prices("dear").map(\.output) == [15, 15, 15])
  }
}
