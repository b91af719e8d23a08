import Foundation
import Testing

/// What the Prometheus text format asks of a page.
enum PrometheusFormat {
  /// Each family is declared once, before its samples; each sample is `name{labels} value`; no series twice.
  static func check(_ text: String) throws {
    var declared: Set<Substring> = []
    var series: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        let name = line.split(separator: " ")[2]
        #expect(declared.insert(name).inserted, "declared twice: \(name)")
        continue
      }
      guard !line.hasPrefix("#") else { continue }
      let space = try #require(line.lastIndex(of: " "))
      let key = line[..<space]
      #expect(series.insert(key).inserted, "twice: \(key)")
      #expect(
        ["NaN", "+Inf", "-Inf"].contains(line[line.index(after: space)...])
          || Double(line[line.index(after: space)...]) != nil)
      var name = key.prefix { $0 != "{" }
      for suffix in ["_bucket", "_sum", "_count"] where !declared.contains(name) {
        if name.hasSuffix(suffix) { name = name.dropLast(suffix.count) }
      }
      #expect(declared.contains(name), "no TYPE for \(key)")
    }
  }
}
