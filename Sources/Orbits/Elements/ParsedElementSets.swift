/// What is wrong with an element set or an ephemeris in a file, where it stands, and what to do about it.
public struct ElementSetProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line in the file, counted from 1.
  public var line: Int
  /// The column in that line, counted in bytes from 1, where one is to blame.
  public var column: Int?
  /// What is wrong.
  public var message: String
  /// What to do about it.
  public var cure: String
  /// Whether the element set was used all the same.
  public var isWarning: Bool

  /// Creates a problem.
  public init(
    line: Int, column: Int? = nil, message: String, cure: String, isWarning: Bool = false
  ) {
    self.isWarning = isWarning
    self.line = line
    self.column = column
    self.message = message
    self.cure = cure
  }

  /// `line 3, column 27: what is wrong: the cure`.
  public var description: String {
    let place = column.map { "line \(line), column \($0)" } ?? "line \(line)"
    return "\(place): \(message): \(cure)"
  }
}

/// What a file of element sets holds: what could be read, and a problem for all that could not.
public struct ParsedElementSets: Sendable, Equatable {
  /// The element sets, in the order of the file.
  public var elements: [ElementSet]
  /// The problems, in the order of the file. A set with a problem is not among the elements, unless
  /// the problem is a warning.
  public var problems: [ElementSetProblem]

  /// Creates a result.
  public init(elements: [ElementSet] = [], problems: [ElementSetProblem] = []) {
    self.elements = elements
    self.problems = problems
  }
}

extension ElementSet {
  /// Reads element sets in whichever of the published forms `text` has.
  ///
  /// - TLE of two or three lines, with Alpha-5 catalogue numbers. Indented lines, collapsed spacing and a
  ///   missing checksum are accepted. A wrong checksum is a warning and the set is used: sets edited by
  ///   hand, such as the standard verification set, often keep the old sum. But a damaged digit moves a
  ///   satellite by kilometres, so show warnings to whoever gave the file.
  /// - OMM (CCSDS 502.0-B-3) as comma-separated values, JSON, XML or KVN, as CelesTrak and Space-Track
  ///   publish it.
  ///
  /// One bad set does not spoil the others. Text without any element set is a problem, never an
  /// empty success.
  public static func parse(_ text: String) -> ParsedElementSets {
    let bytes = ElementSetFormat.withoutByteOrderMark(text)
    do throws(ElementSetProblem) {
      switch try ElementSetFormat(detecting: bytes) {
      case .tle: return TLEReader.read(bytes)
      case .csv: return OMMTable.read(bytes)
      case .json: return OMMJSON.read(bytes)
      case .xml: return OMMXML.read(bytes)
      case .kvn: return OMMKVN.read(bytes)
      }
    } catch {
      return ParsedElementSets(problems: [error])
    }
  }
}
