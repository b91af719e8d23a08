import Decisions
import Dish
import Fleet
import Links
import Logging
import Network
import Orbits

/// The terminals at the site's end of a node's LEO uplinks: those that it stands in for, and those that it
/// reads, which is both for an emulated one.
struct NodeTerminals: Sendable {
  /// One uplink's terminal.
  struct Terminal: Sendable {
    var uplink: Uplink
    var settings: DishSettings
    var address: TerminalAddress
    /// The stand-in, where the link is emulated.
    var emulated: EmulatedTerminal?
  }

  let terminals: [Terminal]
  let readings: TerminalReadings
  private let world: World
  private let startedAt: UTC
  private let logger: Logger

  /// Starts the emulated terminals of `plan`, but for those of `older` whose uplinks are as they were.
  static func start(
    _ plan: NodePlan, world: World, keeping older: NodeTerminals? = nil, version: String,
    at time: UTC, logger: Logger
  ) async throws -> Self {
    var terminals: [Terminal] = []
    var started: [Terminal] = []
    do {
      for uplink in plan.site.uplinks {
        guard let settings = uplink.dish else { continue }
        if let kept = older?.terminals.first(where: { $0.uplink == uplink }) {
          terminals.append(kept)
          continue
        }
        let new = try await start(uplink, settings, plan: plan, version: version, at: time)
        started.append(new)
        terminals.append(new)
      }
    } catch {
      for terminal in started { await terminal.emulated?.stop() }
      throw error
    }
    return Self(
      terminals: terminals, readings: older?.readings ?? TerminalReadings(), world: world,
      startedAt: time, logger: logger)
  }

  private init(
    terminals: [Terminal], readings: TerminalReadings, world: World, startedAt: UTC, logger: Logger
  ) {
    self.terminals = terminals
    self.readings = readings
    self.world = world
    self.startedAt = startedAt
    self.logger = logger
  }

  private static func start(
    _ uplink: Uplink, _ settings: DishSettings, plan: NodePlan, version: String, at time: UTC
  ) async throws -> Terminal {
    switch settings.terminal {
    case .real(let host, let port):
      return Terminal(
        uplink: uplink, settings: settings, address: TerminalAddress(host: host, port: port))
    case .emulated(let port):
      let isMobile = if case .waypoints = plan.site.track { true } else { false }
      let state = TerminalState(
        TerminalState.Identity(
          id: "ut-\(plan.site.name)-\(uplink.name)", softwareVersion: "perigee-\(version)"),
        bootedAt: time,
        location: settings.tellsLocation ? plan.site.track.position(at: time) : nil,
        isMobile: isMobile)
      let emulated = EmulatedTerminal(state)
      do {
        let bound = try await emulated.start(port: port ?? 0)
        return Terminal(
          uplink: uplink, settings: settings,
          address: TerminalAddress(host: "127.0.0.1", port: bound), emulated: emulated)
      } catch {
        throw NodeError(
          isInput: false,
          "uplink \(uplink.name): its emulated terminal can't listen on 127.0.0.1:\(port ?? 0) "
            + "(\(error)): give `dish.port` a free port, or leave it out")
      }
    }
  }

  /// Keeps the emulated terminals up to date and reads all, until cancelled.
  func run() async {
    await withTaskGroup { tasks in
      for (number, terminal) in terminals.enumerated() {
        if let emulated = terminal.emulated {
          let seed = world.plan.seed &+ UInt64(number)
          tasks.addTask { await follow(terminal, emulated, seed: seed) }
        }
        let client = TerminalClient(
          terminal.address, from: terminal.emulated == nil ? terminal.uplink.sourceAddress : nil)
        let reader = TerminalReader(
          uplink: terminal.uplink.name, client: client, readings: readings, world: world,
          logger: logger)
        tasks.addTask { await reader.run() }
      }
    }
  }

  /// Says where each terminal is read.
  func tell(_ tell: (Node.Event) -> Void) {
    for terminal in terminals {
      tell(
        .dish(
          uplink: terminal.uplink.name, address: terminal.address.description,
          isEmulated: terminal.emulated != nil))
    }
  }

  /// Stops the emulated terminals, but for those that `newer` has kept.
  func stop(but newer: NodeTerminals? = nil) async {
    for terminal in terminals {
      guard let emulated = terminal.emulated else { continue }
      let isKept = newer?.terminals.contains { $0.emulated === emulated } ?? false
      if !isKept { await emulated.stop() }
    }
  }

  /// Gives an emulated terminal a second's figures each second.
  private func follow(
    _ terminal: Terminal, _ emulated: EmulatedTerminal, seed: UInt64
  ) async {
    let name = terminal.uplink.name
    guard let link = world.counters[name] else { return }
    var sampler = TerminalSampler(
      terminal.uplink, over: link, plan: world.plan, seed: seed, at: startedAt)
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
      let time = SystemClock.now()
      let place = world.plan.site.track.position(at: time)
      let sample = sampler.sample(
        at: time, interval: world.terminalInterval(uplink: name, at: time),
        traffic: link.counters.snapshot)
      guard let sample else { continue }
      emulated.update {
        $0.append(sample, at: time)
        if terminal.settings.tellsLocation { $0.location = place }
      }
    }
  }
}
