#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One satellite's earth-fixed states at even steps through a window, and what bounds its way between.
struct GridTrack {
  /// A state; the fourth lane of the position is one over the distance from the earth's centre.
  struct Node {
    var position: SIMD4<Double>
    var velocity: SIMD4<Double>

    @inline(__always)
    init(_ state: ITRFState) {
      let p = state.positionKm
      let v = state.velocityKmS
      position = SIMD4(p.x, p.y, p.z, 1 / length(p))
      velocity = SIMD4(v.x, v.y, v.z, 0)
    }
  }

  let nodes: UnsafeBufferPointer<Node>
  /// Seconds between nodes.
  let step: Double
  /// How far at most an interpolated place is off, kilometres.
  var errorKm = 0.0

  /// The greatest distance from the earth's centre, kilometres, and the fastest turn about it,
  /// radians per second. Margins cover what the nodes do not show.
  func bounds() -> (apogeeKm: Double, radPerSecond: Double) {
    var nearness = Double.infinity
    var rate = 0.0
    for node in nodes {
      let inverse = node.position.w
      nearness = min(nearness, inverse)
      rate = max(rate, (node.velocity * node.velocity).sum() * inverse * inverse)
    }
    return (1 / nearness + 20, rate.squareRoot() * 1.02)
  }
}

/// The motion between two nodes: the quintic through both places, velocities and accelerations.
///
/// Accelerations are those of the earth's field with J2 in the turning frame. At steps of 170 s a low orbit's
/// place is met within a metre, mostly a decimetre; each satellite's own error is measured
/// before it is relied on.
struct GridSegment {
  private let c0, c1, c2, c3, c4, c5: Vector3

  /// Rest at the earth's centre.
  init() { (c0, c1, c2, c3, c4, c5) = (.zero, .zero, .zero, .zero, .zero, .zero) }

  init(_ a: GridTrack.Node, _ b: GridTrack.Node, step h: Double) {
    let (p0, p1) = (Self.xyz(a.position), Self.xyz(b.position))
    let v0 = h * Self.xyz(a.velocity)
    let v1 = h * Self.xyz(b.velocity)
    let a0 = 0.5 * h * h * Self.acceleration(a)
    let a1 = 0.5 * h * h * Self.acceleration(b)
    let gap = p1 - p0
    c0 = p0
    c1 = v0
    c2 = a0
    // What the first three terms leave of the second node's place, velocity and half acceleration.
    let place: Vector3 = gap - v0 - a0
    let velocity: Vector3 = v1 - v0 - 2 * a0
    let bend: Vector3 = a1 - a0
    c3 = 10 * place - 4 * velocity + bend
    c4 = 7 * velocity - 15 * place - 2 * bend
    c5 = 6 * place - 3 * velocity + bend
  }

  /// The state at a share in [0, 1] of the step, of which `perSecond` go by in a second.
  @inline(__always)
  func state(_ s: Double, perSecond: Double) -> ITRFState {
    // Horner's scheme, and its derivative beside it.
    var position = c5
    var slope = c5
    position = c4 + s * position
    slope = position + s * slope
    position = c3 + s * position
    slope = position + s * slope
    position = c2 + s * position
    slope = position + s * slope
    position = c1 + s * position
    slope = position + s * slope
    position = c0 + s * position
    return ITRFState(positionKm: position, velocityKmS: perSecond * slope)
  }

  @inline(__always)
  static func xyz(_ a: SIMD4<Double>) -> Vector3 { Vector3(a.x, a.y, a.z) }

  /// Gravity with J2, and the Coriolis and centrifugal accelerations, km/s^2.
  private static func acceleration(_ node: GridTrack.Node) -> Vector3 {
    let r = xyz(node.position)
    let v = xyz(node.velocity)
    let inverse = node.position.w
    let inverse2 = inverse * inverse
    let pull = WGS72.muKm3S2 * inverse2 * inverse
    let flat = 1.5 * WGS72.j2 * WGS72.radiusKm * WGS72.radiusKm * inverse2
    let tilt = 5 * r.z * r.z * inverse2
    let across = pull * (1 + flat * (1 - tilt))
    let w = EarthRotation.radPerSecond
    return Vector3(
      -across * r.x + 2 * w * v.y + w * w * r.x, -across * r.y - 2 * w * v.x + w * w * r.y,
      -pull * (1 + flat * (3 - tilt)) * r.z)
  }
}

/// A sky read off a grid of states; tells where its answers would need a better one.
struct SkyGrid: Sky {
  let track: GridTrack
  let observer: Observer
  let start: UTC
  let sinMask: Double
  let reach: Reach
  /// Whether something was found that the interpolation's error could change: a pass that grazes the
  /// mask.
  private(set) var isDoubtful = false
  private let stepsPerSecond: Double
  private var index = 0
  private var segment: GridSegment
  private var hasSegment = false

  /// The most that an error of place may move a crossing, seconds.
  private static let tolerance = 0.02

  init(track: GridTrack, observer: Observer, start: UTC, sinMask: Double, reach: Reach) {
    self.track = track
    self.observer = observer
    self.start = start
    self.sinMask = sinMask
    self.reach = reach
    stepsPerSecond = 1 / track.step
    segment = GridSegment()
  }

  /// Goes to the step that begins at a node.
  mutating func select(_ index: Int) {
    self.index = index
    hasSegment = false
  }

  /// For how many steps from a node on the satellite certainly stays below the mask.
  @inline(__always)
  func safeSteps(_ index: Int) -> Int {
    let position = track.nodes[index].position
    let seconds = reach.safeSeconds(at: GridSegment.xyz(position), inverseRadius: position.w)
    return Int(seconds * stepsPerSecond)
  }

  func moment(node index: Int) -> SkyMoment {
    let node = track.nodes[index]
    let position = GridSegment.xyz(node.position)
    var moment = SkyMoment(
      time: Double(index) * track.step, line: position - observer.positionKm,
      rate: GridSegment.xyz(node.velocity), up: observer.up, sinMask: sinMask)
    if moment.clearance < 0 {
      moment.safeLeap = reach.safeSeconds(at: position, inverseRadius: node.position.w)
    }
    return moment
  }

  mutating func moment(at time: Double) -> SkyMoment? {
    let state = state(at: time)
    return SkyMoment(
      time: time, line: state.positionKm - observer.positionKm, rate: state.velocityKmS,
      up: observer.up, sinMask: sinMask)
  }

  mutating func lookAngles(at time: Double) -> LookAngles? {
    observer.lookAngles(to: state(at: time))
  }

  mutating func crossed(_ moment: SkyMoment) {
    if abs(moment.clearanceRate) * Self.tolerance < track.errorKm { isDoubtful = true }
  }

  mutating func turned(_ moment: SkyMoment) {
    if abs(moment.clearance) < 2 * track.errorKm { isDoubtful = true }
  }

  private mutating func state(at time: Double) -> ITRFState {
    if !hasSegment {
      segment = GridSegment(track.nodes[index], track.nodes[index + 1], step: track.step)
      hasSegment = true
    }
    return segment.state(time * stepsPerSecond - Double(index), perSecond: stepsPerSecond)
  }
}

extension PassSearch where S == SkyGrid {
  /// The passes of the whole grid, or `nil` where the grid is too coarse to tell.
  mutating func passes() -> [Pass]? {
    let last = sky.track.nodes.count - 1
    var index = 0
    var before: SkyMoment?
    while index < last {
      if before?.isUp != true {
        let leap = sky.safeSteps(index)
        if leap > 0 {
          index += leap
          before = nil
          continue
        }
      }
      sky.select(index)
      let now = before ?? sky.moment(node: index)
      if index == 0, now.isUp { open(at: 0, isCut: true) }
      let next = sky.moment(node: index + 1)
      walk(from: now, to: next)
      before = next
      index += 1
    }
    finish(at: Double(last) * sky.track.step)
    return sky.isDoubtful ? nil : found
  }
}
