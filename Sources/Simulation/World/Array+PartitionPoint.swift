extension Array {
  /// The first index whose element fulfils `isBeyond`, of an array in which none before one that does is.
  func partitionPoint(_ isBeyond: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
