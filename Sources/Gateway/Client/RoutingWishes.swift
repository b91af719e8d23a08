import Decisions
import Fleet
import NIOHTTP1

/// What a client's header fields ask of the way its request goes.
struct RoutingWishes: Equatable {
  /// `x-perigee-prefer`; `nil` where it is not there.
  var preference: Preference?
  /// `x-perigee-unsafe`.
  var isUnsafe = false

  /// Reads the fields; a value that means nothing is refused, since ignoring it would cost money or harm.
  init(_ headers: HTTPHeaders) throws(APIError) {
    if let text = headers.first(name: "x-perigee-prefer") {
      guard let preference = Preference(rawValue: text.lowercased()) else {
        throw Self.refusal(
          "x-perigee-prefer", text, allowed: Preference.allCases.map(\.rawValue))
      }
      self.preference = preference
    }
    if let text = headers.first(name: "x-perigee-unsafe") {
      switch text.lowercased() {
      case "true": isUnsafe = true
      case "false": isUnsafe = false
      default: throw Self.refusal("x-perigee-unsafe", text, allowed: ["true", "false"])
      }
    }
  }

  private static func refusal(_ field: String, _ text: String, allowed: [String]) -> APIError {
    APIError(
      .badRequest, .callerInvalidRequest,
      "The header \(field) is '\(text.prefix(40))': write \(allowed.joined(separator: ", ")), or "
        + "leave it out.", code: "invalid_header", param: field)
  }
}
