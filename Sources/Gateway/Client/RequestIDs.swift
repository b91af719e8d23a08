import Orbits

/// Makes request ids: unique, and in order of time when sorted as text.
///
/// `req_` and 26 digits of Crockford's base 32: 10 of milliseconds since 1970, 7 of a count, 9 that
/// were drawn once for each maker. No secret, and not meant to be hard to guess.
struct RequestIDs {
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private var count: UInt64 = 0
  private let maker: UInt64

  /// Creates a maker; one for each event loop, with a `seed` of its own.
  init(seed: UInt64) { maker = seed }

  /// The next id.
  mutating func next(at time: UTC) -> String {
    count &+= 1
    let milliseconds = UInt64(max(0, time.nanosecondsSince1970 / 1_000_000))
    return String(unsafeUninitializedCapacity: 30) { bytes in
      for (index, byte) in "req_".utf8.enumerated() { bytes[index] = byte }
      Self.write(milliseconds, digits: 10, to: bytes, at: 4)
      Self.write(count, digits: 7, to: bytes, at: 14)
      Self.write(maker, digits: 9, to: bytes, at: 21)
      return 30
    }
  }

  private static func write(
    _ value: UInt64, digits count: Int, to bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) {
    for index in 0..<count {
      let shift = UInt64(5 * (count - 1 - index))
      bytes[start + index] = digits[Int(value >> shift & 31)]
    }
  }
}
