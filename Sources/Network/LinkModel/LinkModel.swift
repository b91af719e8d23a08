/// How an access link behaves on top of propagation, told by a few figures that each mean something.
///
/// The scheduler gives a terminal new conditions at every slot's edge. Within a slot each packet waits
/// for its turn on top of the slot's *base*; from slot to slot the base jumps. So a link is told by the
/// law of its bases, the law of the waits, what the edge itself does, what gets lost, and what capacity
/// and queueing do. ``LinkRealisation`` makes conditions from it, slot by slot.
///
/// The defaults come from `perigee calibrate`; Documentation/LinkModel.md has the command, the fit and
/// how far a model holds on data that it has not seen.
public struct LinkModel: Sendable, Equatable {
  /// The law of the slots' bases: what all but one packet in twenty take in a slot, there and back, less
  /// propagation, milliseconds.
  public var baseMs: QuantileLaw
  /// How alike the bases of neighbouring slots are: the correlation of their ranks, in [0, 1).
  public var baseCorrelation: Double
  /// How much of that is left one slot further on, in [0, 1).
  public var baseMemory: Double
  /// The law of the slots' scatter: the mean distance of a slot's round trips from their median,
  /// milliseconds.
  public var scatterMs: QuantileLaw
  /// The shape of the waits: a packet's wait beyond the base, in units of the slot's scatter.
  public var waitShape: QuantileLaw
  /// What the change from slot to slot does to packets on their way.
  public var reconfiguration: Reconfiguration
  /// The probability that a packet is lost there or back, for no reason of the slot's.
  public var loss: Double
  /// What takes the link down for a while.
  public var outages: [OutageLaw]
  /// What the slots carry of the declared capacity.
  public var capacity: CapacityLaw
  /// What offered load adds.
  public var queue: Queue
  /// What rain does; never raining where not declared.
  public var weather: Weather
  /// How the hour of the day loads the network; not at all where not declared.
  public var diurnal: DiurnalLoad

  /// Creates a model.
  public init(
    baseMs: QuantileLaw, baseCorrelation: Double = 0, baseMemory: Double = 0,
    scatterMs: QuantileLaw, waitShape: QuantileLaw,
    reconfiguration: Reconfiguration = .none, loss: Double = 0, outages: [OutageLaw] = [],
    capacity: CapacityLaw = .constant, queue: Queue = .none, weather: Weather = .clear,
    diurnal: DiurnalLoad = .none
  ) {
    self.baseMs = baseMs
    self.baseCorrelation = baseCorrelation
    self.baseMemory = baseMemory
    self.scatterMs = scatterMs
    self.waitShape = waitShape
    self.reconfiguration = reconfiguration
    self.loss = loss
    self.outages = outages
    self.capacity = capacity
    self.queue = queue
    self.weather = weather
    self.diurnal = diurnal
  }
}

/// What happens to packets around the edge between two slots: they are held while the network changes,
/// and some are lost.
public struct Reconfiguration: Sendable, Equatable {
  /// The longest time before the edge from which packets are held, milliseconds; from edge to edge it is
  /// anything up to this.
  public var longestHoldLeadMs: Double
  /// The law of the time after the edge until which they are held, milliseconds.
  public var holdTailMs: QuantileLaw
  /// When packets are lost around an edge.
  public var losses: [EdgeLoss]

  /// Edges that nothing shows.
  public static let none = Reconfiguration(
    longestHoldLeadMs: 0, holdTailMs: .always(0), losses: [])

  /// Creates the law of an edge.
  public init(longestHoldLeadMs: Double, holdTailMs: QuantileLaw, losses: [EdgeLoss]) {
    self.longestHoldLeadMs = longestHoldLeadMs
    self.holdTailMs = holdTailMs
    self.losses = losses
  }
}

/// A short time around an edge in which all packets are lost, at some of the edges.
public struct EdgeLoss: Sendable, Equatable {
  /// Its start, milliseconds after the edge (negative: before).
  public var startMs: Double
  /// Its end, milliseconds after the edge.
  public var endMs: Double
  /// The share of edges at which it happens.
  public var probability: Double

  /// Creates the law of a loss at an edge.
  public init(startMs: Double, endMs: Double, probability: Double) {
    self.startMs = startMs
    self.endMs = endMs
    self.probability = probability
  }
}

/// What takes a link down, how often and for how long.
public struct OutageLaw: Sendable, Equatable {
  /// The longest outage a realisation makes, seconds.
  public static let longestSeconds = 180.0

  /// Why.
  public var cause: OutageCause
  /// How often, on average; a slot begins one at most.
  public var perHour: Double
  /// How long, seconds.
  public var seconds: QuantileLaw

  /// Creates the law of an outage.
  public init(cause: OutageCause, perHour: Double, seconds: QuantileLaw) {
    self.cause = cause
    self.perHour = perHour
    self.seconds = seconds
  }
}

/// Why a link is out, in the words of the dish's own interface where it has one.
public enum OutageCause: String, Sendable, Hashable, CaseIterable {
  /// Nothing arrives from the satellite.
  case noDownlink = "no_downlink"
  /// Something stands in the way.
  case obstructed
  /// The scheduler has no place for the terminal.
  case noSchedule = "no_schedule"
  /// The link stands but nothing answers behind it.
  case noPings = "no_pings"
  /// The change from one slot to the next.
  case reconfiguration
}

/// What slots carry, as a factor on the declared capacity.
public struct CapacityLaw: Sendable, Equatable {
  /// The law of the slots' factors; its median is 1 where the declared capacity is the usual one.
  public var factor: QuantileLaw
  /// How alike neighbouring slots are: the correlation of their ranks, in [0, 1).
  public var correlation: Double
  /// How much of that is left one slot further on, in [0, 1).
  public var memory: Double

  /// Always what is declared.
  public static let constant = CapacityLaw(factor: .always(1), correlation: 0, memory: 0)

  /// Creates a law.
  public init(factor: QuantileLaw, correlation: Double, memory: Double) {
    self.factor = factor
    self.correlation = correlation
    self.memory = memory
  }
}

/// What packets wait behind others at the bottleneck.
///
/// Up to the capacity the wait is that of a queue with random arrivals (M/M/1: exponential, with mean
/// `serviceMs` times load / (1 - load)); the buffer bounds it, and at full load stands full. That is
/// bufferbloat: a sender that fills the pipe waits for its own packets.
public struct Queue: Sendable, Equatable {
  /// What the scheduler serves at a time, milliseconds of the link.
  public var serviceMs: Double
  /// What the buffer holds, milliseconds of the link.
  public var bufferMs: Double

  /// No queue.
  public static let none = Queue(serviceMs: 0, bufferMs: 0)

  /// Creates a queue.
  public init(serviceMs: Double, bufferMs: Double) {
    self.serviceMs = serviceMs
    self.bufferMs = bufferMs
  }
}

/// Rain, as what it takes from capacity; round trips do not change with it (Oulu 2025: -37.8 % down,
/// -52.3 % up in the median).
public struct Weather: Sendable, Equatable {
  /// The share of time in which it rains, in [0, 1].
  public var rainShare: Double
  /// How long a spell lasts, slots of the same weather.
  public var spellSlots: Int
  /// What rain takes of the capacity to the site, in [0, 1].
  public var attenuationDown: Double
  /// What rain takes of the capacity from the site, in [0, 1].
  public var attenuationUp: Double

  /// It never rains.
  public static let clear = Weather(rainShare: 0)

  /// Creates weather; what rain takes is as measured where it is not given.
  public init(
    rainShare: Double, spellSlots: Int = 80, attenuationDown: Double = 0.378,
    attenuationUp: Double = 0.523
  ) {
    self.rainShare = rainShare
    self.spellSlots = spellSlots
    self.attenuationDown = attenuationDown
    self.attenuationUp = attenuationUp
  }
}

/// How the hour of the day loads the network: a cosine over the day.
///
/// Measurements disagree whether there is one, so it is a parameter, and by default there is none.
public struct DiurnalLoad: Sendable, Equatable {
  /// By what share bases rise above their daily mean at the peak, and capacity falls, in [0, 1).
  public var amplitude: Double
  /// The hour of the peak, UTC, in [0, 24).
  public var peakHourUTC: Double

  /// Every hour is alike.
  public static let none = DiurnalLoad(amplitude: 0, peakHourUTC: 0)

  /// Creates a load.
  public init(amplitude: Double, peakHourUTC: Double) {
    self.amplitude = amplitude
    self.peakHourUTC = peakHourUTC
  }
}
