/// The speed of light, the floor under everything the network forecasts.
public enum Light {
  /// Kilometres per millisecond in vacuum (exact, SI).
  public static let kmPerMs = 299.792458

  /// Milliseconds that light takes for `km` kilometres of vacuum.
  public static func milliseconds(km: Double) -> Double { km / kmPerMs }
}
