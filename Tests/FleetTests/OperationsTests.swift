import Fleet
import Testing

@Suite("The gateway's keys for whoever runs it")
struct OperationsTests {
  private static func manifest(_ gateway: String) -> String {
    """
    name: f
    gateway:
      site: s
    \(gateway.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    sites:
      - {name: s, kind: terminal, position: [1, 2]}
    """
  }

  @Test func everythingIsRead() throws {
    let fleet = try Manifests.load(
      Self.manifest(
        """
        history: 7
        drain: {notice: 5s, grace: 2m}
        telemetry:
          otlp: https://collector.example:4318/otlp/
          headers: [{name: x-api-key, value: {env: OTLP_KEY}}]
          sample: 0.25
        """))
    let gateway = try #require(fleet.gateway)
    #expect(gateway.history == 7)
    #expect(gateway.drain == DrainSettings(notice: .seconds(5), grace: .seconds(120)))
    #expect(
      gateway.telemetry
        == TelemetrySettings(
          otlp: BackendURL(
            scheme: .https, host: "collector.example", port: 4318, basePath: "/otlp"),
          headers: [.init(name: "x-api-key", value: .environment("OTLP_KEY"))],
          sampleRatio: 0.25))
  }

  @Test func withoutThemTheDefaultsHold() throws {
    let gateway = try #require(try Manifests.load(Self.manifest("")).gateway)
    #expect(gateway.history == 10_000 && gateway.telemetry == nil)
    #expect(gateway.drain == DrainSettings(notice: .zero, grace: .seconds(30)))
  }

  @Test(arguments: [
    ("history: -1", "out of range"), ("history: many", "number of requests"),
    ("drain: {notice: 5}", "no unit"), ("drain: {grace: 2 days}", "not a unit"),
    ("drain: {patience: 5s}", "not a key"), ("telemetry: {sample: 0.1}", "needs the key `otlp`"),
    ("telemetry: {otlp: collector}", "no scheme"),
    ("telemetry: {otlp: \"http://c:1\", sample: 2}", "out of range"),
    ("telemetry: {otlp: \"http://c:1\", headers: [{name: a, value: sk-secret}]}", "a secret"),
    ("telemetry: {otlp: \"http://c:1\", headers: [{name: \"a b\", value: {env: K}}]}", "header"),
  ])
  func mistakesAreToldWithLineAndCure(_ text: String, _ part: String) throws {
    let problems = Manifests.problems(of: Self.manifest(text))
    let problem = try #require(problems.first)
    #expect(problem.description.contains(part), "\(problem)")
    #expect(problem.line == 4 && !problem.cure.isEmpty)
    #expect(!problem.description.contains("sk-secret"))
  }
}
