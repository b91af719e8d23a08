/// A number with exactly `decimals` decimals (0 to 9), rounded half away from zero; `nan` where it is not finite.
func fixed(_ value: Double, decimals: Int) -> String {
  var bytes: [UInt8] = []
  appendFixed(value, decimals: decimals, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

/// Appends what ``fixed(_:decimals:)`` gives, without a string in between: tables of orbits are millions of numbers.
func appendFixed(_ value: Double, decimals: Int, to bytes: inout [UInt8]) {
  guard value.isFinite, abs(value) < 9e8 || decimals == 0 && abs(value) < 9e18 else {
    bytes.append(contentsOf: (value.isFinite ? String(value) : "nan").utf8)
    return
  }
  var scale: UInt64 = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = UInt64((abs(value) * Double(scale)).rounded())
  // Digits come lowest first; a sign, a point and 20 digits are the most there can be.
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 22) { text in
    var start = text.count
    func put(_ byte: UInt8) {
      start -= 1
      text[start] = byte
    }
    var rest = scaled
    func digit() {
      put(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    if decimals > 0 {
      for _ in 0..<decimals { digit() }
      put(UInt8(ascii: "."))
    }
    repeat { digit() } while rest > 0
    if value < 0, scaled != 0 { put(UInt8(ascii: "-")) }
    bytes.append(contentsOf: text[start...])
  }
}
