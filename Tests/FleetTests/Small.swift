/// A small manifest that loads, with places to put a change into.
enum Small {
  /// The manifest; each argument replaces or adds to one part.
  static func manifest(
    top: String = "", constellation: String = "preset: iridium-next",
    site: String = "position: [-37, -12]", uplink: String = "", gateway: String = "",
    fiber: String = "", zone: String = "", url: String = "https://api.example.com/v1",
    backend: String = ""
  ) -> String {
    """
    name: small
    \(top)
    gateway: {site: island, \(gateway)}
    constellations:
      - name: leo
        \(constellation)
    zones:
      - {name: orbit, constellation: leo, \(zone)}
    sites:
      - name: island
        kind: terminal
        \(site)
        uplinks:
          - name: sat
            kind: leo
            constellation: leo
            up: 20 Mbit/s
            down: 200 Mbit/s
            \(uplink)
      - {name: gw, kind: gateway, position: [40, 10]}
      - {name: cloud, kind: region, position: [50, 8]}
    fibers:
      - {from: gw, to: cloud, \(fiber)}
    backends:
      - name: far
        site: cloud
        url: \(url)
        models: [m]
        \(backend)
    """
  }
}
