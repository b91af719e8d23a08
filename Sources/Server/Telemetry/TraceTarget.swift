import Fleet
import Links
import Network

extension TraceExporter.Target {
  /// What a manifest says of where traces go, its secrets read.
  init(
    _ telemetry: TelemetrySettings, site: Site, _ options: NodeOptions
  ) throws(NodeError) {
    let url = telemetry.otlp
    endpoint = Endpoint(
      host: url.host, port: url.port, tls: url.scheme == .https, basePath: url.basePath)
    headers = []
    for header in telemetry.headers {
      let value = try header.value.resolve(
        for: "gateway.telemetry.headers", folder: options.manifestFolder)
      headers.append((name: header.name, value: value))
    }
    self.site = site.name
    satelliteUplinks = Set(
      site.uplinks.filter { ["leo", "geo"].contains($0.medium.kindName) }.map(\.name))
  }
}
