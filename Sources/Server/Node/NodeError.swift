/// Why a node does not start.
public struct NodeError: Error, Sendable, CustomStringConvertible {
  /// Whether what the user gave is at fault, rather than the machine.
  public var isInput: Bool
  /// What is wrong, and the cure.
  public var description: String

  /// Creates an error.
  public init(isInput: Bool, _ description: String) {
    self.isInput = isInput
    self.description = description
  }
}
