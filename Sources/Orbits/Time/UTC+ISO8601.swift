extension UTC: CustomStringConvertible, LosslessStringConvertible {
  /// Reads an ISO 8601 date and time, as RFC 3339 and CCSDS 301.0-B-4 (ASCII A and B) write it.
  ///
  /// `2026-08-22T10:51:00Z`, with a fraction of any length (kept to the nanosecond), with a space
  /// for the `T`, with no `Z` (UTC is meant), with a numeric offset (`+02:00`), with a day of year
  /// (`2026-234T10:51:00`) or as a bare date (midnight). Anything else, dates that do not exist and years outside 1678 to 2261 are `nil`.
  public init?(_ text: String) {
    var scanner = DigitScanner(text.utf8)
    guard let year = scanner.digits(4), (1678...2261).contains(year), scanner.skip("-"),
      let (month, day) = scanner.monthAndDay(year: year)
    else { return nil }
    let days = UTC.daysSince1970(year: year, month: month, day: day)
    if scanner.isAtEnd {
      self.init(nanosecondsSince1970: Int64(days) * 86_400_000_000_000)
      return
    }
    guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
      let hour = scanner.digits(2), hour < 24, scanner.skip(":"),
      let minute = scanner.digits(2), minute < 60
    else { return nil }
    var second = 0
    var nanoseconds: Int64 = 0
    if scanner.skip(":") {
      guard let value = scanner.digits(2), value <= 60 else { return nil }
      second = value
      if scanner.skip(".") {
        guard let fraction = scanner.nanosecondFraction() else { return nil }
        nanoseconds = fraction
      }
    }
    guard let offset = scanner.zoneOffsetSeconds(), scanner.isAtEnd else { return nil }
    let seconds = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
    self.init(nanosecondsSince1970: seconds * 1_000_000_000 + nanoseconds)
  }

  /// ISO 8601 with `Z`: no fraction for whole seconds, otherwise milli-, micro- or nanoseconds.
  public var description: String {
    let fraction = Int(((nanosecondsSince1970 % 1_000_000_000) + 1_000_000_000) % 1_000_000_000)
    if fraction == 0 { return formatted(fractionDigits: 0) }
    if fraction % 1_000_000 == 0 { return formatted(fractionDigits: 3) }
    return formatted(fractionDigits: fraction % 1_000 == 0 ? 6 : 9)
  }

  /// ISO 8601 with `Z` and exactly `fractionDigits` (0 to 9) decimals of the second, rounded.
  public func formatted(fractionDigits: Int) -> String {
    var unit: Int64 = 1
    for _ in fractionDigits..<9 { unit *= 10 }
    let half = unit / 2
    let rounded = floorDivide(nanosecondsSince1970 + half, unit) * unit
    let days = floorDivide(rounded, 86_400_000_000_000)
    let inDay = rounded - days * 86_400_000_000_000
    let (year, month, day) = UTC.civilDate(daysSince1970: Int(days))
    let seconds = Int(inDay / 1_000_000_000)
    return String(unsafeUninitializedCapacity: 31) { text in
      var writer = DigitWriter(text: text)
      writer.put(year, digits: 4)
      writer.put(month, digits: 2, after: "-")
      writer.put(day, digits: 2, after: "-")
      writer.put(seconds / 3_600, digits: 2, after: "T")
      writer.put(seconds / 60 % 60, digits: 2, after: ":")
      writer.put(seconds % 60, digits: 2, after: ":")
      if fractionDigits > 0 {
        writer.put(Int(inDay % 1_000_000_000 / unit), digits: fractionDigits, after: ".")
      }
      writer.put("Z")
      return writer.count
    }
  }
}

/// Writes numbers of fixed width into memory that is large enough.
private struct DigitWriter {
  let text: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(text: UnsafeMutableBufferPointer<UInt8>) { self.text = text }

  mutating func put(_ character: Unicode.Scalar) {
    text.initializeElement(at: count, to: UInt8(ascii: character))
    count += 1
  }

  mutating func put(_ value: Int, digits: Int, after separator: Unicode.Scalar? = nil) {
    if let separator { put(separator) }
    var rest = value
    for place in (count..<count + digits).reversed() {
      text.initializeElement(at: place, to: UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    count += digits
  }
}

/// Reads fixed-width numbers from ASCII text.
private struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String.UTF8View) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let byte = rest.first, (48...57).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 48)
      rest.removeFirst()
    }
    return value
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// `MM-DD` or a three-digit day of year.
  mutating func monthAndDay(year: Int) -> (month: Int, day: Int)? {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    var ordinal = self
    if let dayOfYear = ordinal.digits(3) {
      guard dayOfYear >= 1, dayOfYear <= (leap ? 366 : 365) else { return nil }
      self = ordinal
      let days = UTC.daysSince1970(year: year, month: 1, day: 1) + dayOfYear - 1
      let date = UTC.civilDate(daysSince1970: days)
      return (date.month, date.day)
    }
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard let month = digits(2), (1...12).contains(month), skip("-"),
      let day = digits(2), day >= 1, day <= lengths[month - 1]
    else { return nil }
    return (month, day)
  }

  /// The digits after a decimal point as nanoseconds; digits beyond the ninth are dropped.
  mutating func nanosecondFraction() -> Int64? {
    var value: Int64 = 0
    var count = 0
    while let byte = rest.first, (48...57).contains(byte) {
      if count < 9 { value = value * 10 + Int64(byte - 48) }
      count += 1
      rest.removeFirst()
    }
    guard count > 0 else { return nil }
    for _ in min(count, 9)..<9 { value *= 10 }
    return value
  }

  /// Nothing or `Z` is 0; `+HH:MM` and `-HH:MM` are seconds east of UTC.
  mutating func zoneOffsetSeconds() -> Int? {
    if isAtEnd || skip("Z") || skip("z") { return 0 }
    let sign = skip("+") ? 1 : (skip("-") ? -1 : 0)
    guard sign != 0, let hours = digits(2), hours < 24 else { return nil }
    _ = skip(":")
    guard let minutes = digits(2), minutes < 60 else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }
}
