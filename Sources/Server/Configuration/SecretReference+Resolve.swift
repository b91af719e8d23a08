import Fleet
import Foundation
import Links

extension SecretReference {
  /// Reads the secret from where the manifest says it is; a relative path starts at `folder`. `owner`
  /// names in an error what needs it.
  func resolve(for owner: String, folder: String) throws(NodeError) -> Secret {
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
      guard let data = FileManager.default.contents(atPath: absolute(path, in: folder)),
        data.count <= 65_536
      else {
        throw NodeError(
          isInput: true, "\(owner): \(place) can't be read: write the key into it, mode 600")
      }
      secret = Secret(String(decoding: data, as: UTF8.self))
    }
    // Anything else could not stand in a header, and a line break would begin another one.
    guard !secret.reveal().isEmpty, secret.reveal().utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw NodeError(
        isInput: true,
        "\(owner): \(place) holds no key: put one line of printable ASCII without spaces there")
    }
    return secret
  }
}

/// A path of the manifest: where it is relative, it starts at the manifest's own folder.
func absolute(_ path: String, in folder: String) -> String {
  path.hasPrefix("/") ? path : "\(folder)/\(path)"
}
