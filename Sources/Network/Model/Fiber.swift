/// Terrestrial fiber between two sites, usable both ways.
public struct Fiber: Sendable, Equatable {
  /// The name of one end's site.
  public var from: String
  /// The name of the other end's site.
  public var to: String
  /// Route length over great-circle distance, at least 1.
  public var stretch: Double

  /// Creates a fiber.
  public init(from: String, to: String, stretch: Double) {
    self.from = from
    self.to = to
    self.stretch = stretch
  }

  /// The refractive index of the glass: light in fiber travels at c / 1.47.
  public static let refractiveIndex = 1.47
}
