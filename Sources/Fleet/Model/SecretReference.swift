/// Where a secret is kept. A manifest names the place and never holds the secret itself, so that it
/// can be committed, printed and shown.
public enum SecretReference: Sendable, Hashable {
  /// The value of an environment variable.
  case environment(String)
  /// The contents of a file without its last newline; the path is relative to the manifest's folder
  /// unless absolute.
  case file(String)
}
