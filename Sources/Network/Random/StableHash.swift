extension String {
  /// A number for a text that is the same in every run and on every machine, which `Hasher`'s is not:
  /// FNV-1a over its UTF-8.
  public var stableHash: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
