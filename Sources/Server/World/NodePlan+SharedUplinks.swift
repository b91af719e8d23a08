import Decisions
import Fleet
import Links
import Network

extension NodePlan {
  /// The site's uplinks as emulators share them, and local paths under `local`.
  ///
  /// One that is as it was in the `older` plan is kept; one that changed goes on counting where it was.
  func sharedUplinks(
    after older: NodePlan? = nil, _ kept: [String: SharedUplink] = [:]
  ) -> [String: SharedUplink] {
    var shared = [PathID.localUplink: kept[PathID.localUplink] ?? SharedUplink()]
    let changed = older.map { Set(changes(from: $0).uplinks.changed) } ?? []
    for uplink in site.uplinks {
      if let same = kept[uplink.name], !changed.contains(uplink.name) {
        shared[uplink.name] = same
      } else {
        shared[uplink.name] = SharedUplink(
          uplink.realisation(at: site.name, seed: seed), accessDelayMs: uplink.access.delayMs,
          counters: kept[uplink.name]?.counters ?? LinkCounters())
      }
    }
    return shared
  }
}
