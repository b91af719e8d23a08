/// The checksum of a TLE line.
enum TLEChecksum {
  /// The sum of the digits, a minus counting 1, modulo 10.
  static func of(_ text: ArraySlice<UInt8>) -> Int {
    text.reduce(0) { sum, byte in
      sum + (isDigit(byte) ? Int(byte - 48) : (byte == UInt8(ascii: "-") ? 1 : 0))
    } % 10
  }
}

extension TLELine {
  /// Where the fields of a line stand, in columns counted from 1.
  struct Layout {
    let fields: [(Field, ClosedRange<Int>)]
    /// Columns that must be blank.
    let blanks: [Int]
    /// Columns that must hold a decimal point.
    let points: [Int]
    /// The shortest line that has all that is needed.
    let shortest: Int

    static let first = Layout(
      fields: [
        (.catalogNumber, 3...7), (.classification, 8...8), (.designator, 10...17),
        (.epoch, 19...32), (.meanMotionDot, 34...43), (.meanMotionDDot, 45...52),
        (.bstar, 54...61), (.ephemerisType, 63...63), (.elementSetNumber, 65...68),
      ], blanks: [2, 9, 18, 33, 44, 53], points: [24, 35], shortest: 61)

    static let second = Layout(
      fields: [
        (.catalogNumber, 3...7), (.inclination, 9...16), (.raan, 18...25),
        (.eccentricity, 27...33), (.argumentOfPerigee, 35...42), (.meanAnomaly, 44...51),
        (.meanMotion, 53...63), (.revolution, 64...68),
      ], blanks: [2, 8, 17, 26, 34, 43, 52], points: [12, 21, 38, 47, 55], shortest: 63)

    /// The first column where a line departs from this layout, or `nil` where it keeps to it.
    func firstStrayColumn(in text: [UInt8]) -> Int? {
      let strays =
        blanks.filter { $0 > text.count || !isSpace(text[$0 - 1]) }
        + points.filter { $0 > text.count || text[$0 - 1] != UInt8(ascii: ".") }
      if let first = strays.min() { return first }
      return text.count < shortest ? text.count + 1 : nil
    }
  }
}

/// A TLE line that does not keep to its columns, read by its words.
struct TLEWords {
  let fields: [TLELine.Field: ArraySlice<UInt8>]
  let checksumIsRight: Bool

  /// `nil` where the words do not tell the fields apart.
  init?(_ text: [UInt8], number: Int) {
    let words = text.split(whereSeparator: isSpace)
    guard let fields = number == 1 ? Self.first(words) : Self.second(words) else { return nil }
    self.fields = fields
    guard let last = text.last, isDigit(last) else { return nil }
    checksumIsRight = Int(last - 48) == TLEChecksum.of(text.dropLast())
  }

  /// `1 25544U [98067A] 26150.8 ndot nddot bstar [type] [number]`.
  private static func first(_ words: [ArraySlice<UInt8>]) -> [TLELine.Field: ArraySlice<UInt8>]? {
    guard words.count >= 6,
      let epoch = words.indices.dropFirst(2).first(where: { isEpoch(words[$0]) }), epoch <= 4,
      epoch + 3 < words.count
    else { return nil }
    var fields: [TLELine.Field: ArraySlice<UInt8>] = [
      .epoch: words[epoch], .meanMotionDot: words[epoch + 1],
      .meanMotionDDot: words[epoch + 2], .bstar: words[epoch + 3],
    ]
    var catalog = words[1]
    if let letter = catalog.last, !isDigit(letter) {
      fields[.classification] = catalog.suffix(1)
      catalog = catalog.dropLast()
    }
    fields[.catalogNumber] = catalog
    if epoch == 3 { fields[.designator] = words[2] }
    if epoch + 5 < words.count {
      fields[.ephemerisType] = words[epoch + 4]
      fields[.elementSetNumber] = words[epoch + 5].dropLast()
    }
    return fields
  }

  /// Five digits, a point, more digits.
  private static func isEpoch(_ word: ArraySlice<UInt8>) -> Bool {
    guard let dot = word.firstIndex(of: UInt8(ascii: ".")) else { return false }
    return dot - word.startIndex == 5 && word[..<dot].allSatisfy(isDigit)
      && word[(dot + 1)...].allSatisfy(isDigit)
  }

  /// `2 25544 inclination node eccentricity perigee anomaly motion[revolution][checksum]`.
  private static func second(_ words: [ArraySlice<UInt8>]) -> [TLELine.Field: ArraySlice<UInt8>]? {
    guard words.count >= 8, words[4].count == 7 else { return nil }
    var motion = words[7]
    guard let dot = motion.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    // Mean motion has eight decimals; the revolution number may follow without a space.
    if motion.endIndex > dot + 9 { motion = motion[..<(dot + 9)] }
    return [
      .catalogNumber: words[1], .inclination: words[2], .raan: words[3], .eccentricity: words[4],
      .argumentOfPerigee: words[5], .meanAnomaly: words[6], .meanMotion: motion,
      .revolution: words[7][motion.endIndex...].dropLast(),
    ]
  }
}
