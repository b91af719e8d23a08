/// A pass, and whose and where it is.
public struct FoundPass: Hashable, Sendable {
  /// The satellite's index in the element sets given.
  public var satellite: Int
  /// The place's index in ``PassFinder/places``.
  public var place: Int
  /// The pass.
  public var pass: Pass

  /// Creates a pass with its satellite's and its place's indices.
  public init(satellite: Int, place: Int, pass: Pass) {
    self.satellite = satellite
    self.place = place
    self.pass = pass
  }
}

/// Finds the passes of many satellites over many places in one window.
///
/// The earth's turn, the observers' horizons and each satellite's states at even steps are worked out
/// once and shared. Between steps a quintic stands for the propagation; its error is measured for
/// each satellite, and whatever that error could change is searched again with exact states. So are
/// deep-space, very eccentric and decaying satellites. AOS and LOS agree with
/// the exact search of ``Satellite`` within 0.05 s.
public struct PassFinder: Sendable {
  /// The places, in the order given.
  public let places: [Geodetic]
  /// The window's start.
  public let start: UTC
  /// The window's end.
  public let end: UTC
  /// The elevation that counts as risen, degrees.
  public let maskDeg: Double
  private let orientation: EarthOrientationTable?
  private let light: Bool
  private let observers: [Observer]
  private let step: Double
  private let nodes: [Instant]
  private let probes: [Probe]

  /// A time of the grid, with the earth's turn.
  private struct Instant {
    let time: UTC
    let rotation: EarthRotation
  }

  /// A time between two nodes at which interpolation is compared with propagation.
  private struct Probe {
    let node: Int
    let middle: Instant
  }

  /// The longest step, seconds: below a thirtieth of the shortest revolution there is, so that the
  /// elevation turns at most once in a step.
  private static let longestStep = 170.0
  /// The greatest error of interpolation that is relied on, kilometres.
  private static let largestErrorKm = 0.004
  /// The longest grid, steps: a year. Longer windows are searched with exact states, which takes no memory.
  private static let longestGrid = 190_000
  /// Satellites of one piece of work for a thread.
  private static let chunk = 32

  /// Prepares a search for passes over places between two instants; an empty window has no passes.
  ///
  /// - Parameters:
  ///   - places: The observers.
  ///   - start: The window's start.
  ///   - end: The window's end.
  ///   - maskDeg: The elevation that counts as risen, degrees.
  ///   - orientation: Measured earth orientation; without it passes are off by up to 0.1 s.
  ///   - light: Whether to work out ``Pass/light``.
  public init(
    over places: [Geodetic], from start: UTC, to end: UTC, maskDeg: Double = 0,
    orientation: EarthOrientationTable? = nil, light: Bool = false
  ) {
    self.places = places
    self.start = start
    self.end = end
    self.maskDeg = maskDeg
    self.orientation = orientation
    self.light = light
    observers = places.map(Observer.init)
    let window = max(0, end.seconds(since: start))
    let steps = max(1, Int((window / Self.longestStep).rounded(.up)))
    let step = window / Double(steps)
    func instant(_ time: Double) -> Instant {
      let utc = start.adding(seconds: time)
      return Instant(time: utc, rotation: EarthRotation(at: utc, table: orientation))
    }
    self.step = step
    let isGridded = window > 0 && steps <= Self.longestGrid
    nodes = isGridded ? (0...steps).map { instant(Double($0) * step) } : []
    // Spread over the first revolutions; an odd stride meets every part of the orbit.
    let stride = max(1, min(11, steps / 8))
    probes =
      isGridded
      ? (0..<min(8, steps)).map { probe in
        let node = min(steps - 1, probe * stride)
        return Probe(node: node, middle: instant((Double(node) + 0.5) * step))
      } : []
  }

  /// The passes of all satellites over all places: by satellite, then by place, then by time.
  ///
  /// An element set that cannot be propagated has none.
  public func passes(of elements: [ElementSet]) -> [FoundPass] {
    var found: [FoundPass] = []
    for first in stride(from: 0, to: elements.count, by: Self.chunk) {
      found += passes(chunkAt: first, of: elements)
    }
    return found
  }

  /// The same passes in the same order, found by several threads.
  ///
  /// - Parameters:
  ///   - elements: The satellites.
  ///   - threads: How many parts are worked on at once, at least 1; the system's pool of threads
  ///     runs them.
  ///   - progress: Told now and then how many satellites are done.
  public func passes(
    of elements: [ElementSet], threads: Int, progress: (Int) -> Void = { _ in }
  ) async -> [FoundPass] {
    let starts = Array(stride(from: 0, to: elements.count, by: Self.chunk))
    var parts = [[FoundPass]](repeating: [], count: starts.count)
    await withTaskGroup(of: (Int, [FoundPass]).self) { group in
      var next = 0
      func add() {
        guard next < starts.count else { return }
        let part = next
        next += 1
        group.addTask { (part, passes(chunkAt: starts[part], of: elements)) }
      }
      for _ in 0..<max(1, threads) { add() }
      var done = 0
      while let (part, found) = await group.next() {
        parts[part] = found
        done += min(Self.chunk, elements.count - starts[part])
        progress(done)
        add()
      }
    }
    return Array(parts.joined())
  }
}

extension PassFinder {
  private func passes(chunkAt first: Int, of elements: [ElementSet]) -> [FoundPass] {
    guard start < end, !places.isEmpty else { return [] }
    var found: [FoundPass] = []
    var grid = StateGrid(satellites: 1, times: nodes.count)
    withUnsafeTemporaryAllocation(of: GridTrack.Node.self, capacity: nodes.count) { states in
      for index in first..<min(first + Self.chunk, elements.count) {
        guard let satellite = try? Satellite(elements[index]) else { continue }
        let track = track(of: satellite, in: states, through: &grid)
        let bounds = track?.bounds()
        for place in places.indices {
          for pass in passes(of: satellite, track: track, bounds: bounds, over: place) {
            found.append(FoundPass(satellite: index, place: place, pass: pass))
          }
        }
      }
    }
    return found
  }

  /// Writes a satellite's earth-fixed states; `false` where it has none at some time.
  private func fill(
    _ states: UnsafeMutableBufferPointer<GridTrack.Node>, with satellite: Satellite,
    through grid: inout StateGrid
  ) -> Bool {
    satellite.propagate(from: start, stepSeconds: step, into: &grid)
    return grid.withSeries(ofSatellite: 0) { series in
      for index in nodes.indices {
        guard series.errors[index] == 0 else { return false }
        let state = TEMEState(
          positionKm: Vector3(series.x[index], series.y[index], series.z[index]),
          velocityKmS: Vector3(series.vx[index], series.vy[index], series.vz[index]))
        let itrf = nodes[index].rotation.itrf(state)
        states.initializeElement(at: index, to: GridTrack.Node(itrf))
      }
      return true
    }
  }

  /// The satellite's grid with its measured error, or `nil` where a grid of this step does not serve it.
  private func track(
    of satellite: Satellite, in states: UnsafeMutableBufferPointer<GridTrack.Node>,
    through grid: inout StateGrid
  ) -> GridTrack? {
    guard !nodes.isEmpty, satellite.deepSpace == nil, satellite.lookStep > 0.9 * step,
      fill(states, with: satellite, through: &grid)
    else { return nil }
    let nodes = UnsafeBufferPointer(states)
    var track = GridTrack(nodes: nodes, step: step)
    for probe in probes {
      guard let state = try? satellite.state(at: probe.middle.time) else { return nil }
      let exact = probe.middle.rotation.itrf(positionKm: state.positionKm)
      let segment = GridSegment(nodes[probe.node], nodes[probe.node + 1], step: step)
      let error = length(segment.state(0.5, perSecond: 1 / step).positionKm - exact)
      track.errorKm = max(track.errorKm, 2 * error)
    }
    return track.errorKm < Self.largestErrorKm ? track : nil
  }

  private func passes(
    of satellite: Satellite, track: GridTrack?, bounds: (apogeeKm: Double, radPerSecond: Double)?,
    over place: Int
  ) -> [Pass] {
    let observer = observers[place]
    let viewpoint = Viewpoint.fixed(observer)
    var passes: [Pass]?
    if let track, let bounds {
      let mask = min(90, maskDeg)
      var search = PassSearch(
        sky: SkyGrid(
          track: track, observer: observer, start: start,
          sinMask: SinCos(mask * Double.pi / 180).sin,
          reach: Reach(
            observer: observer, maskDeg: mask, apogeeKm: bounds.apogeeKm,
            radPerSecond: bounds.radPerSecond)))
      passes = search.passes()
    }
    guard var passes else {
      return satellite.passes(
        seenFrom: viewpoint, from: start, to: end, maskDeg: maskDeg, orientation: orientation,
        light: light)
    }
    guard light else { return passes }
    for index in passes.indices {
      passes[index].light = PassLight(
        of: passes[index], satellite: satellite, viewpoint: viewpoint, orientation: orientation)
    }
    return passes
  }
}
