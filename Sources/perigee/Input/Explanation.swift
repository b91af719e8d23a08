/// A request as `/api/requests/{id}` tells it; the names are the API's.
struct Explanation: Decodable {
  struct Candidate: Decodable {
    var rank: Int?
    var backend: String
    var uplink: String
    var predicted_ms: Double?
    var path_ms: Double?
    var service_ms: Double?
    var risk_ms: Double?
    var cost_usd: Double?
    var score_ms: Double?
    var rtt_forecast_ms: Double?
    var rtt_correction_ms: Double?
    var rtt_low_ms: Double?
    var rtt_high_ms: Double?
    var next_change: String?
    var reason: String
  }

  struct Attempt: Decodable {
    var backend: String
    var uplink: String
    var started: String
    var first_byte: String?
    var ended: String
    var outcome: String
    var error: String?
    var bytes_up: Int
    var bytes_down: Int
    var hedge: Bool?
  }

  struct Hedge: Decodable {
    var backend: String
    var uplink: String
    var delay_ms: Double
    var reason: String
  }

  var id: String
  var time: String
  var endpoint: String
  var model: String
  var stream: Bool
  var status: Int
  var backend: String?
  var uplink: String?
  var predicted_ms: Double?
  var actual_ms: Double?
  var error: String?
  var hops: [String]
  // Kept requests of an older node have none of these.
  var hedged: String?
  var resumes: Int?
  var held_ms: Double?
  var waited_ms: Double?
  var hedge: Hedge?
  var considered: [Candidate]
  var attempt_log: [Attempt]
}

/// The newest requests as `/api/requests` tells them.
struct RequestList: Decodable {
  struct Request: Decodable {
    var id: String
    var time: String
    var model: String
    var status: Int
    var backend: String?
    var uplink: String?
    var predicted_ms: Double?
    var actual_ms: Double?
  }

  var requests: [Request]
}
