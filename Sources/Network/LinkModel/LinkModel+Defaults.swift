extension LinkModel {
  /// A bent pipe: terminal, satellite, gateway.
  public static let bentPipe = LinkModel(
    levelMs: QuantileLaw([14.4, 18.6, 20.3, 25.7, 30.4, 37.1, 60.3, 87.6, 100, 101]),
    levelCorrelation: 0.17, levelMemory: 0.8,
    scatterMs: QuantileLaw([4, 4.5, 5.6, 8.6, 11.5, 15.3, 22, 28, 35, 36]),
    scatterShape: QuantileLaw([-1.6, -1.2, -0.85, -0.46, 0, 0.54, 1.6, 2.8, 5.5, 8]),
    reconfiguration: Reconfiguration(holdLeadMs: 50, holdTailMs: 90, losses: []),
    loss: 0.003)

  /// A way over laser links between satellites.
  public static let laser = LinkModel(
    levelMs: QuantileLaw([12, 13, 16, 46, 74, 121, 166, 205, 227, 228]),
    levelCorrelation: 0.47, levelMemory: 0.65,
    scatterMs: QuantileLaw([2, 2.5, 3, 5.2, 8, 12, 19.2, 25, 30, 31]),
    scatterShape: QuantileLaw([-1.6, -1.2, -0.85, -0.45, 0, 0.5, 1.6, 3, 8, 12]),
    reconfiguration: Reconfiguration(
      holdLeadMs: 50, holdTailMs: 90,
      losses: [
        EdgeLoss(startMs: -970, endMs: -720, probability: 0.1),
        EdgeLoss(startMs: -200, endMs: -30, probability: 0.15),
      ]),
    loss: 0.002)

  /// The model of an uplink about which only the medium is known.
  public static func typical(of medium: Uplink.Medium) -> LinkModel {
    switch medium {
    case .leo: .bentPipe
    case .geo, .fiber, .cellular: LinkModel(steady: .typical(of: medium))
    }
  }

  /// A link without slots: every round trip has the access delay both ways and exponential jitter.
  public init(steady access: AccessModel) {
    // The interquartile range of an exponential law is ln 3 times its mean, the median ln 2 times.
    let meanMs = 2 * access.jitterMs
    self.init(
      levelMs: .always(2 * access.delayMs + 0.693_147_180_559_945 * meanMs),
      scatterMs: .always(1.098_612_288_668_110 * meanMs), scatterShape: .exponential,
      loss: access.loss)
  }
}

extension QuantileLaw {
  /// The exponential law less its median, in units of its interquartile range; it ends at the
  /// 99.99th percentile.
  static let exponential = QuantileLaw([
    -0.6309, -0.6218, -0.5842, -0.3691, 0, 0.6309, 2.0959, 3.5609, 5.6568, 7.7527,
  ])
}
