import Store

/// Durable work in numbers, for metrics.
struct WorkFigures: Sendable {
  /// Items by what they are for and where they stand.
  var items: [(kind: WorkItem.Kind, phase: WorkProgress.Phase, count: Int)]
  /// Bytes that the node's database takes.
  var bytes: Int
  /// Attempts at work of this process that are over, by how they ended.
  var ended: [String: Int]

  func write(to out: inout PrometheusText) {
    out.family("perigee_work_items", .gauge, "Durable work that is kept, by kind and phase.")
    for kind in WorkItem.Kind.allCases {
      for phase in WorkProgress.Phase.allCases {
        let count = items.first { $0.kind == kind && $0.phase == phase }?.count ?? 0
        out.sample(
          "perigee_work_items", [("kind", kind.rawValue), ("phase", phase.rawValue)],
          Double(count))
      }
    }
    out.family(
      "perigee_work_ended_total", .counter, "Durable work that came to an end, by which.")
    for ending in WorkRun.Ending.names {
      out.sample("perigee_work_ended_total", [("result", ending)], Double(ended[ending] ?? 0))
    }
    out.family("perigee_store_bytes", .gauge, "Bytes that the node's database takes on disk.")
    out.sample("perigee_store_bytes", [], Double(bytes))
  }
}

extension DurableWork {
  /// The figures now; `nil` where the database cannot be read, which readiness tells.
  func figures() async -> WorkFigures? {
    guard let counts = try? await plane.store.workCounts(),
      let bytes = try? await plane.store.bytesOnDisk()
    else { return nil }
    let items = counts.compactMap { row in
      WorkProgress.Phase(rawValue: row.phase).map { (row.kind, $0, row.count) }
    }
    return WorkFigures(items: items, bytes: bytes, ended: plane.board.ended)
  }
}

extension WorkRun.Ending {
  /// All names, for metrics.
  static let names = ["answered", "broken", "cancelled", "expired", "passed"]

  /// What it is called in metrics: an answer is one whoever has seen it.
  var name: String {
    switch self {
    case .answered, .streamed: "answered"
    case .passed: "passed"
    case .broken: "broken"
    case .cancelled: "cancelled"
    case .expired: "expired"
    }
  }
}
