import Fleet
import Foundation
import Links

extension SecretReference {
  /// Reads the secret from where the manifest says it is. `owner` names in an error what needs it.
  func resolve(for owner: String) throws(NodeError) -> Secret {
    let secret: Secret
    let place: String
    switch self {
    case .environment(let name):
      place = "the environment variable \(name)"
      guard let value = ProcessInfo.processInfo.environment[name] else {
        throw NodeError(isInput: true, "\(owner): \(place) is not set: export \(name)=…")
      }
      secret = Secret(value)
    case .file(let path):
      place = "the file \(path)"
      guard let data = FileManager.default.contents(atPath: path), data.count <= 65_536 else {
        throw NodeError(
          isInput: true, "\(owner): \(place) can't be read: write the key into it, mode 600")
      }
      secret = Secret(String(decoding: data, as: UTF8.self))
    }
    guard !secret.reveal().isEmpty else {
      throw NodeError(isInput: true, "\(owner): \(place) is empty: put the key there")
    }
    return secret
  }
}
