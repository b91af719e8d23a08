/// Why a request cannot be put into another family's words: what it asks cannot be had there, and
/// leaving it out would change what comes back.
public struct Untranslatable: Error, Sendable, Equatable, CustomStringConvertible {
  /// The field at fault, as a path such as `messages[2].content[0]`.
  public var field: String
  /// What is wrong with it and what to do about it.
  public var message: String

  /// Creates an error about `field`.
  public init(_ field: String, _ message: String) {
    self.field = field
    self.message = message
  }

  /// Field and message.
  public var description: String { "\(field): \(message)" }
}
