/// A credential that does not show itself: printing, interpolating, dumping or reflecting it gives
/// `<secret>`. The value is reachable only through ``reveal()``.
public struct Secret: Sendable, Hashable {
  private let value: String

  /// Keeps `value`, less the white space around it (a key read from a file ends in a newline).
  public init(_ value: String) {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    let start = value.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }
    self.value = end.map { String(start[...$0]) } ?? ""
  }

  /// The value itself, for the one place that sends it.
  public func reveal() -> String { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
