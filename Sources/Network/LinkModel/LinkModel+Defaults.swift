#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension LinkModel {
  /// A bent pipe: terminal, satellite, gateway. From Victoria to Seattle, 2023-09-12, first half.
  public static let bentPipe = LinkModel(
    baseMs: QuantileLaw([9.8, 12.4, 13.8, 14.3, 15.5, 19.2, 25.7, 37.7, 46.5, 81.1, 92.4, 94.7]),
    baseCorrelation: 0.12, baseMemory: 0.95,
    scatterMs: QuantileLaw([2.5, 2.9, 4.1, 4.7, 5.5, 7.1, 9.1, 11.5, 13, 16.8, 19.6, 20]),
    waitShape: QuantileLaw([
      -1.07, -0.23, -0.01, 0.07, 0.61, 1.41, 2.36, 3.41, 4.11, 5.6, 8.04, 12.41,
    ]),
    reconfiguration: Reconfiguration(
      longestHoldLeadMs: 42,
      holdTailMs: QuantileLaw([29, 33, 39, 44, 52, 65, 74, 88, 95, 120, 134, 135]), losses: []),
    loss: 0.004, capacity: .parked, queue: .measured)

  /// A way over laser links between satellites. From the Seychelles to Lagos, 2023-09-12, first half.
  public static let laser = LinkModel(
    baseMs: QuantileLaw([11, 12.4, 17.8, 24.9, 41.2, 72, 111, 150.7, 164.8, 207.9, 227, 227]),
    baseCorrelation: 0.46, baseMemory: 0.61,
    scatterMs: QuantileLaw([1.4, 1.7, 2.5, 3, 3.5, 5.2, 6.8, 8.9, 10.7, 14.5, 23.9, 24]),
    waitShape: QuantileLaw([
      -7.88, -0.22, 0, 0.05, 0.41, 1.36, 2.48, 3.37, 3.98, 5.56, 14.21, 26.5,
    ]),
    reconfiguration: Reconfiguration(
      longestHoldLeadMs: 84,
      holdTailMs: QuantileLaw([28, 31, 40, 42, 51, 66, 112, 126, 136, 140, 140, 140]),
      losses: [
        EdgeLoss(startMs: -1000, endMs: -700, probability: 0.105),
        EdgeLoss(startMs: -200, endMs: 0, probability: 0.183),
      ]),
    loss: 0.0017,
    outages: [
      OutageLaw(
        cause: .noDownlink, perHour: 3.9,
        seconds: QuantileLaw([7.8, 7.8, 7.8, 7.8, 7.8, 7.8, 7.8, 10.9, 11.9, 12.7, 12.9, 13]))
    ],
    capacity: .parked, queue: .measured)

  /// The model of an uplink about which only the medium is known.
  public static func typical(of medium: Uplink.Medium) -> LinkModel {
    switch medium {
    case .leo: .bentPipe
    case .geo, .fiber, .cellular: LinkModel(steady: .typical(of: medium))
    }
  }

  /// A link without slots: every round trip has the access delay both ways and exponential jitter.
  public init(steady access: AccessModel) {
    // The mean distance of an exponential law from its median is ln 2 times its mean.
    self.init(
      baseMs: .always(2 * access.delayMs), scatterMs: .always(2 * access.jitterMs * log(2)),
      waitShape: .exponential, loss: 1 - (1 - access.loss) * (1 - access.loss))
  }

  /// This model moved so that it is expected to do what `access` says: slots still jump as they did.
  public func adjusted(to access: AccessModel) -> LinkModel {
    let expected = AccessModel(expectedOf: self)
    guard access != expected else { return self }
    var model = self
    model.baseMs = baseMs.shifted(by: 2 * (access.delayMs - expected.delayMs))
    model.scatterMs =
      expected.jitterMs > 0
      ? scatterMs.scaled(by: access.jitterMs / expected.jitterMs)
      : .always(2 * access.jitterMs / max(1e-9, waitShape.mean))
    model.loss = min(0.99, max(0, loss + 2 * (access.loss - expected.loss)))
    return model
  }
}

extension CapacityLaw {
  /// A parked dish: the factors from the UDP downloads of "Starlink on the Road" (TMA'24), first half;
  /// how alike neighbouring slots are from "Starlink on the Autobahn", first half, as the downloads are
  /// too short to tell.
  public static let parked = CapacityLaw(
    factor: QuantileLaw([
      0.14, 0.19, 0.42, 0.59, 0.83, 1, 1.12, 1.22, 1.26, 1.32, 1.36, 1.38,
    ]), correlation: 0.45, memory: 0.72)
}

extension Queue {
  /// Loaded downloads take 95, 175 and 210 ms (p50, p95, p99) where idle links take 48 (Michel et al.,
  /// IMC 2022): a buffer of some 170 ms.
  public static let measured = Queue(serviceMs: 4, bufferMs: 170)
}

extension QuantileLaw {
  /// The exponential law in units of its mean distance from the median.
  static let exponential = QuantileLaw(shares.map { -log(1 - $0) / log(2) })
}
