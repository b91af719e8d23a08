import Decisions
import Digests
import Fleet
import Links
import Network

extension AccountBook.Terms {
  /// What a reading of the manifest says about keys and prices.
  ///
  /// - Throws: ``NodeError`` where a key can't be read.
  init(
    _ settings: GatewaySettings, plan: NodePlan, manifestFolder: String
  ) throws(NodeError) {
    for secret in settings.keys {
      let key = try secret.resolve(for: "gateway.keys", folder: manifestFolder)
      let digest = Digest(of: key.reveal().utf8)
      // By the key, not by its place in the list: whoever takes another's place must not get what is his.
      // 32 bits of the digest lead nobody to the key.
      let name = "manifest-" + String(digest.words.0 >> 32, radix: 16)
      declared.append(
        AccountBook.DeclaredCaller(
          digest: digest,
          caller: Caller(id: name, name: name, grant: .everything)))
    }
    for declaration in settings.namedKeys {
      let key = try declaration.secret.resolve(
        for: "gateway.keys, \(declaration.name)", folder: manifestFolder)
      declared.append(
        AccountBook.DeclaredCaller(
          digest: Digest(of: key.reveal().utf8),
          caller: Caller(id: declaration.name, name: declaration.name, grant: declaration.grant)))
    }
    for plan in plan.backends { prices[plan.name] = plan.backend.modelPrices }
    for (name, uplink) in plan.uplinks where uplink.pricePerGB > 0 {
      tariffs[name] = uplink.pricePerGB
    }
  }
}
