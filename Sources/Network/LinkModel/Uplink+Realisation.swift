extension Uplink {
  /// What this uplink of `site` does under `seed`: one course for live nodes and simulations alike, and
  /// another one for each site.
  public func realisation(at site: String, seed: UInt64) -> LinkRealisation {
    LinkRealisation(link, uplink: "\(site)/\(name)", seed: seed)
  }
}
