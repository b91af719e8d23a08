/// A SHA-256 digest (FIPS 180-4).
///
/// Written here rather than taken from a library: what is hashed are keys of the node's own making, a block
/// or two each, and element sets that were fetched, some megabytes a few times a day. A library would be a
/// second copy of a cryptographic library in the process, at minutes of every build or a system package more.
public struct Digest: Sendable, Hashable {
  /// The digest in four words, the first the most significant.
  public let words: (UInt64, UInt64, UInt64, UInt64)

  /// The digest of `bytes`.
  public init(of bytes: some Collection<UInt8>) {
    words =
      bytes.withContiguousStorageIfAvailable { State(absorbing: $0).words }
      ?? Array(bytes).withUnsafeBufferPointer { State(absorbing: $0).words }
  }

  /// The digest that these 32 bytes are; `nil` for another number of bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var all: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() { all[index / 8] = all[index / 8] << 8 | UInt64(byte) }
    words = (all[0], all[1], all[2], all[3])
  }

  /// Its 32 bytes.
  public var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
  }

  /// Its 64 hexadecimal digits.
  public var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether both are the same. Takes as long whatever they hold.
  public static func == (a: Digest, b: Digest) -> Bool {
    let difference =
      (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1) | (a.words.2 ^ b.words.2)
      | (a.words.3 ^ b.words.3)
    return difference == 0
  }

  /// Feeds the first word: digests are as good as random already.
  public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest {
  /// The compression function's state.
  private struct State {
    var h: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
      0x5be0_cd19
    )

    var words: (UInt64, UInt64, UInt64, UInt64) {
      (
        UInt64(h.0) << 32 | UInt64(h.1), UInt64(h.2) << 32 | UInt64(h.3),
        UInt64(h.4) << 32 | UInt64(h.5), UInt64(h.6) << 32 | UInt64(h.7)
      )
    }

    /// The state after a whole message, padded as section 5.1.1 says.
    init(absorbing message: UnsafeBufferPointer<UInt8>) {
      let bytes = UnsafeRawBufferPointer(message)
      withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { end in
        let whole = bytes.count & ~63
        for start in stride(from: 0, to: whole, by: 64) { compress(bytes, at: start) }
        end.initializeMemory(as: UInt8.self, repeating: 0)
        end.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[whole...]))
        let rest = bytes.count - whole
        end[rest] = 0x80
        let size = rest < 56 ? 64 : 128
        let bits = UInt64(bytes.count) * 8
        end.storeBytes(of: bits.bigEndian, toByteOffset: size - 8, as: UInt64.self)
        for start in stride(from: 0, to: size, by: 64) {
          compress(UnsafeRawBufferPointer(end), at: start)
        }
      }
    }

    /// One block (section 6.2.2).
    private mutating func compress(_ bytes: UnsafeRawBufferPointer, at start: Int) {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
        for i in 0..<16 {
          let word = bytes.loadUnaligned(fromByteOffset: start + 4 * i, as: UInt32.self)
          schedule.initializeElement(at: i, to: UInt32(bigEndian: word))
        }
        for i in 16..<64 {
          let (early, late) = (schedule[i - 15], schedule[i - 2])
          let s0 = Self.rotate(early, 7) ^ Self.rotate(early, 18) ^ early >> 3
          let s1 = Self.rotate(late, 17) ^ Self.rotate(late, 19) ^ late >> 10
          schedule.initializeElement(at: i, to: schedule[i - 16] &+ s0 &+ schedule[i - 7] &+ s1)
        }
        mix(schedule)
      }
    }

    private mutating func mix(_ schedule: UnsafeMutableBufferPointer<UInt32>) {
      var (a, b, c, d, e, f, g, hh) = h
      for round in 0..<64 {
        let s1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
        let t1 = hh &+ s1 &+ ((e & f) ^ (~e & g)) &+ Self.constants[round] &+ schedule[round]
        let s0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
        let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
        (a, b, c, d, e, f, g, hh) = (t1 &+ t2, a, b, c, d &+ t1, e, f, g)
      }
      h = (
        h.0 &+ a, h.1 &+ b, h.2 &+ c, h.3 &+ d, h.4 &+ e, h.5 &+ f, h.6 &+ g, h.7 &+ hh
      )
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
      word >> count | word << (32 &- count)
    }

    /// Section 4.2.2: the first bits of the fractions of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
      0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1,
      0x923f_82a4, 0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
      0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786,
      0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
      0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147,
      0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
      0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
      0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
      0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a,
      0x5b9c_ca4f, 0x682e_6ff3, 0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
      0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
  }
}
