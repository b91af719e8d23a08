import Fleet
import Gateway
import Links
import Logging
import Models
import Network

/// What a manifest asks of this machine, worked out and checked before anything is touched.
struct Preparation: Sendable {
  /// A managed model, and the server that runs it.
  struct Model: Sendable {
    let backend: String
    let settings: ManagedModel
    let server: ModelServer
  }

  let plan: NodePlan
  let models: [Model]
  let configuration: GatewayConfiguration
  let settings: GatewaySettings
  /// Who may ask, and what it costs.
  let terms: AccountBook.Terms
  /// Where traces go; `nil` for no traces.
  let traces: TraceExporter.Target?

  /// Resolves keys and models, and compiles the network. Opens nothing.
  ///
  /// - Parameter older: The reading at work, whose model servers are kept where their settings are.
  /// - Throws: ``NodeError`` for what the manifest or the machine lacks.
  init(
    fleet: Fleet, options: NodeOptions, after older: Preparation? = nil, logger: Logger
  ) throws(NodeError) {
    guard let gateway = fleet.gateway, let site = fleet.site(named: gateway.site) else {
      throw NodeError(
        isInput: true, "fleet \(fleet.name) has no gateway: add `gateway: {site: NAME}`")
    }
    var models: [Model] = []
    var endpoints: [(Backend, Endpoint)] = []
    let runtime = ModelRuntime(stateDirectory: options.stateDirectory)
    for backend in fleet.backends {
      let key = try backend.key?.resolve(
        for: "backend \(backend.name)", folder: options.manifestFolder)
      switch backend.source {
      case .url(let url):
        let endpoint = Endpoint(
          host: url.host, port: url.port, tls: url.scheme == .https, basePath: url.basePath,
          authorization: key)
        endpoints.append((backend, endpoint))
      case .managed(let managed):
        let model =
          if let kept = older?.model(of: backend.name, as: managed) {
            kept
          } else {
            try Self.model(managed, backend: backend.name, runtime, logger)
          }
        models.append(model)
        endpoints.append(
          (backend, Endpoint(host: "127.0.0.1", port: Int(model.server.port), basePath: "/v1")))
      }
    }
    self.models = models
    self.settings = gateway
    self.plan = NodePlan(
      fleet: fleet, site: site, backends: endpoints,
      generation: (older?.plan.generation ?? 0) + 1)
    self.terms = try AccountBook.Terms(
      gateway, plan: plan, manifestFolder: options.manifestFolder)
    self.configuration = Self.configuration(gateway, options)
    self.traces = try gateway.telemetry.map { telemetry throws(NodeError) in
      try TraceExporter.Target(telemetry, site: site, options)
    }
  }

  /// The server of a backend's model, if it runs with those settings.
  private func model(of backend: String, as settings: ManagedModel) -> Model? {
    models.first { $0.backend == backend && $0.settings == settings }
  }

  private static func model(
    _ managed: ManagedModel, backend: String, _ runtime: ModelRuntime, _ logger: Logger
  ) throws(NodeError) -> Model {
    do {
      let model = try ModelCatalogue.standard.model(named: managed.model)
      let options = ModelServerOptions(
        contextTokens: managed.contextTokens, embeddings: managed.embeddings)
      return Model(
        backend: backend, settings: managed,
        server: ModelServer(
          model, name: backend, runtime: runtime, options: options, logger: logger))
    } catch {
      throw NodeError(isInput: true, "backend \(backend): \(error)")
    }
  }

  private static func configuration(
    _ gateway: GatewaySettings, _ options: NodeOptions
  ) -> GatewayConfiguration {
    var configuration = GatewayConfiguration(
      host: options.listenHost ?? gateway.listenHost,
      port: options.listenPort ?? gateway.listenPort,
      tls: gateway.tls.map {
        GatewayConfiguration.TLS(
          certificateChainPath: absolute($0.certificatePath, in: options.manifestFolder),
          privateKeyPath: absolute($0.privateKeyPath, in: options.manifestFolder))
      })
    configuration.traceSampleRatio = gateway.telemetry?.sampleRatio
    return configuration
  }

  /// What connects to backends, trusting whom the manifest names.
  func dialer(_ options: NodeOptions) throws(NodeError) -> Dialer {
    let files = settings.trust.map { absolute($0, in: options.manifestFolder) }
    do {
      return try Dialer(additionalTrustFiles: files)
    } catch {
      throw NodeError(
        isInput: true,
        "cannot trust \(files.isEmpty ? "the system's authorities" : files.joined(separator: ", ")): "
          + "\(TLSProblem.words(for: error)); `gateway.trust` names PEM files of certificate authorities"
      )
    }
  }

  /// Refuses a reading that a running node can't go over to.
  func checkCanFollow(_ older: Preparation) throws(NodeError) {
    func refuse(_ what: String, _ old: String, _ new: String) -> NodeError {
      NodeError(
        isInput: true,
        "\(what) can't change from \(old) to \(new) while the node runs: restart it, or put "
          + "\(old) back")
    }
    if plan.site.name != older.plan.site.name {
      throw refuse("gateway.site", older.plan.site.name, plan.site.name)
    }
    let (old, new) = (older.configuration, configuration)
    if old.host != new.host || old.port != new.port {
      throw refuse("gateway.listen", "\(old.host):\(old.port)", "\(new.host):\(new.port)")
    }
    if (old.tls == nil) != (new.tls == nil) {
      throw refuse(
        "gateway.tls", old.tls == nil ? "none" : "given", new.tls == nil ? "none" : "given")
    }
    if settings.trust != older.settings.trust {
      throw refuse("gateway.trust", "\(older.settings.trust)", "\(settings.trust)")
    }
  }
}
