/// An element set that a form cannot carry.
public struct UnwritableElementSet: Error, Hashable, Sendable, CustomStringConvertible {
  /// The object's catalogue number.
  public var catalogNumber: Int
  /// The object's name.
  public var name: String
  /// What stands in the way.
  public var message: String
  /// What to do about it.
  public var cure: String

  /// `STARLINK-38128 (340000): what stands in the way: the cure`.
  public var description: String {
    "\(name.isEmpty ? "object" : name) (\(catalogNumber)): \(message): \(cure)"
  }
}

/// A value that a form could carry only in part: rounded to its columns, or left out.
public struct ChangedElement: Hashable, Sendable, CustomStringConvertible {
  /// The object's catalogue number.
  public var catalogNumber: Int
  /// The value's keyword in an OMM, such as `ECCENTRICITY`.
  public var keyword: String
  /// The value given.
  public var given: String
  /// The value that whoever reads the file gets.
  public var written: String

  /// `25544: ECCENTRICITY 0.00076683 became 0.0007668`.
  public var description: String { "\(catalogNumber): \(keyword) \(given) became \(written)" }
}

/// A file of element sets, and what of them it could not carry.
public struct WrittenElementSets: Hashable, Sendable {
  /// The file's text.
  public var text: String
  /// Values that differ when the text is read again. Empty means that nothing was lost.
  public var changed: [ChangedElement] = []
  /// Sets that are not in the text.
  public var unwritable: [UnwritableElementSet] = []
}

extension ElementSet {
  /// Writes element sets in one of the published forms.
  ///
  /// The OMM forms carry every number without loss. A TLE has fixed columns: what they cannot hold is
  /// rounded, and a set that cannot be told at all (a catalogue number over 339999) is left out. Either is
  /// reported: the text is read again and compared, so that nothing is lost unsaid.
  public static func write(
    _ sets: [ElementSet], as format: ElementSetFormat
  ) -> WrittenElementSets {
    var written = WrittenElementSets(text: "")
    var records: [(set: ElementSet, text: String)] = []
    for set in sets {
      do throws(UnwritableElementSet) {
        if let error = set.rangeError {
          throw UnwritableElementSet(
            catalogNumber: set.catalogNumber, name: set.name, message: error.message,
            cure: error.cure)
        }
        let text =
          format == .tle ? try TLEWriter.record(set) : OMMWriter.record(set, as: format)
        records.append((set, text))
      } catch {
        written.unwritable.append(error)
      }
    }
    written.text = OMMWriter.document(records.map(\.text), as: format)
    if ElementSet.parse(written.text) == ParsedElementSets(elements: records.map(\.set)) {
      return written
    }
    written.keepReadable(records, as: format)
    return written
  }

  /// Lines 1 and 2 of the set's TLE with their checksums; digits beyond the columns are rounded.
  ///
  /// Throws where a TLE cannot carry the set: catalogue numbers over 339999, epochs outside 1957 to 2056,
  /// and values that no satellite has.
  public func tleLines() throws(UnwritableElementSet) -> (line1: String, line2: String) {
    if let error = rangeError {
      throw UnwritableElementSet(
        catalogNumber: catalogNumber, name: name, message: error.message, cure: error.cure)
    }
    return try TLEWriter.lines(self)
  }
}

extension WrittenElementSets {
  /// Reads each record by itself: those that cannot be read are left out, the others compared.
  fileprivate mutating func keepReadable(
    _ records: [(set: ElementSet, text: String)], as format: ElementSetFormat
  ) {
    var texts: [String] = []
    for (set, record) in records {
      let parsed = ElementSet.parse(OMMWriter.document([record], as: format))
      guard parsed.elements.count == 1, parsed.problems.isEmpty else {
        unwritable.append(
          UnwritableElementSet(
            catalogNumber: set.catalogNumber, name: set.name,
            message: parsed.problems.first?.message ?? "it would be read as several sets",
            cure: "correct the value"))
        continue
      }
      texts.append(record)
      guard parsed.elements[0] != set else { continue }
      for (given, read) in zip(OMMField.all(of: set), OMMField.all(of: parsed.elements[0]))
      where given.text != read.text {
        changed.append(
          ChangedElement(
            catalogNumber: set.catalogNumber, keyword: given.keyword.rawValue, given: given.text,
            written: read.text))
      }
    }
    text = OMMWriter.document(texts, as: format)
  }
}
