extension Array where Element == Double {
  /// The value at the `share` (in [0, 1]) of rising values, linear between neighbours; `nil` of none.
  ///
  /// The definition that R calls type 7.
  func quantileOfSorted(_ share: Double) -> Double? {
    guard let last else { return nil }
    let place = Swift.min(1, Swift.max(0, share)) * Double(count - 1)
    let below = Int(place)
    guard below + 1 < count else { return last }
    return self[below] + (self[below + 1] - self[below]) * (place - Double(below))
  }

  /// The middle value; `nil` of none.
  var median: Double? { sorted().quantileOfSorted(0.5) }
}
