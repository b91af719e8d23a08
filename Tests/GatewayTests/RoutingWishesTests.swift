import Fleet
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct RoutingWishesTests {
  @Test func nothingIsWishedWithoutFields() throws {
    let wishes = try RoutingWishes([:])
    #expect(wishes.preference == nil && !wishes.isUnsafe)
  }

  @Test func everyPreferenceIsUnderstoodInAnyCase() throws {
    for preference in Preference.allCases {
      for text in [preference.rawValue, preference.rawValue.uppercased()] {
        #expect(try RoutingWishes(["X-Perigee-Prefer": text]).preference == preference)
      }
    }
    #expect(try RoutingWishes(["x-perigee-unsafe": "TRUE"]).isUnsafe)
    #expect(try !RoutingWishes(["x-perigee-unsafe": "false"]).isUnsafe)
  }

  @Test(arguments: [
    ("x-perigee-prefer", "cheapest", "balanced, fast, cheap, safe"),
    ("x-perigee-prefer", "", "balanced, fast, cheap, safe"),
    ("x-perigee-unsafe", "1", "true, false"),
  ])
  func whatMeansNothingIsRefusedWithTheWordsThatDo(
    field: String, value: String, cure: String
  ) throws {
    let error = #expect(throws: APIError.self) { try RoutingWishes([field: value]) }
    #expect(error?.status == .badRequest)
    #expect(error?.param == field)
    #expect(error?.message.contains(cure) == true)
  }
}
