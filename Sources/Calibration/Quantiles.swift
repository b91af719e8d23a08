extension Array where Element == Double {
  /// The value below which the share `p` of the numbers lies, linear between neighbours; `nan` of none.
  func quantile(_ p: Double) -> Double { sorted().quantileOfSorted(p) }

  /// As ``quantile(_:)``, of numbers in ascending order.
  func quantileOfSorted(_ p: Double) -> Double {
    guard let last = indices.last else { return .nan }
    let place = Swift.min(1, Swift.max(0, p)) * Double(last)
    let low = Int(place)
    guard low < last else { return self[last] }
    return self[low] + (self[low + 1] - self[low]) * (place - Double(low))
  }

  /// The interquartile range: how far apart the numbers lie, whatever the outliers do.
  var spread: Double {
    let sorted = sorted()
    return sorted.quantileOfSorted(0.75) - sorted.quantileOfSorted(0.25)
  }
}
