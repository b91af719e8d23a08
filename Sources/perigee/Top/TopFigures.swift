/// What a node tells at `/api/top`; the names are the API's.
struct TopFigures: Decodable {
  struct Traffic: Decodable {
    var per_second: Double
    var count: Int
    var failed: Int
    var attempts: Int
    var hedges: Int
    var hedges_won: Int
    var resumes: Int
    var held: Int
    var ttft_p50_ms: Double?
    var ttft_p95_ms: Double?
    var tokens_out: Int
  }

  struct Uplink: Decodable {
    var name: String
    var kind: String
    var up: Bool
    var serving_satellite: String?
    var rtt_forecast_ms: Double?
    var rtt_estimate_ms: Double?
    var rtt_measured_ms: Double?
    var next_change_seconds: Double?
    var handoffs: Int
    var outage_seconds: Double
    var bytes_up: Int
    var bytes_down: Int
    var usd: Double
  }

  struct Backend: Decodable {
    var name: String
    var location: String
    var models: [String]
    var paths: Int
    var healthy_paths: Int
    var in_flight: Int
    var places: Int?
    var waiting: Int
    var service_ms: Double?
    var model_state: String?
    var last_error: String?
  }

  struct Request: Decodable {
    var id: String
    var time: String
    var model: String
    var stream: Bool
    var status: Int
    var backend: String?
    var uplink: String?
    var predicted_ms: Double?
    var actual_ms: Double?
    var total_ms: Double?
    var attempts: Int
    var hedged: String?
    var resumes: Int
    var error: String?
  }

  var now: String
  var fleet: String
  var site: String
  var version: String
  var uptime_seconds: Double
  var generation: Int
  var requests: Traffic
  var uplinks: [Uplink]
  var backends: [Backend]
  var recent: [Request]
}
