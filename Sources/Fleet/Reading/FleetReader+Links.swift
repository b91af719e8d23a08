import Network

extension FleetReader {
  /// The link models by their names in manifests.
  private enum ModelName: String, CaseIterable {
    case bentPipe = "bent-pipe"
    case laser
    case steady
  }

  /// How an uplink behaves where it is emulated or simulated; `nil` where the manifest says nothing.
  func link(_ value: Value?, medium: Uplink.Medium?) -> LinkModel? {
    guard let value else { return nil }
    return value.fields("a link") { fields in
      var model = model(fields.optional("model"), medium: medium)
      if let rain = fields.optional("rain") {
        let share = rain.number("a share of the time", in: 0...1, example: "rain: 0.1")
        model?.weather = Weather(rainShare: share ?? 0)
      }
      if let load = fields.optional("diurnal").flatMap(diurnal) { model?.diurnal = load }
      return model
    }
  }

  private func model(_ value: Value?, medium: Uplink.Medium?) -> LinkModel? {
    let name = value?.word("a link model", as: ModelName.self)
    guard let medium else { return nil }
    switch name {
    case nil: return .typical(of: medium)
    case .steady: return LinkModel(steady: .typical(of: medium))
    case .bentPipe, .laser:
      guard case .leo = medium else {
        value?.problem(
          "only a leo uplink has slots", cure: "Delete the key, or write `model: steady`.")
        return nil
      }
      return name == .laser ? .laser : .bentPipe
    }
  }

  private func diurnal(_ value: Value) -> DiurnalLoad? {
    value.fields("a diurnal load") { fields in
      let amplitude = fields.required("amplitude", example: "amplitude: 0.3")?
        .number("a share of the daily mean", in: 0...0.9, example: "amplitude: 0.3")
      let peak = fields.required("peakHour", example: "peakHour: 20")?
        .number("an hour of the day, UTC", in: 0...24, example: "peakHour: 20")
      guard let amplitude, let peak else { return nil }
      return DiurnalLoad(amplitude: amplitude, peakHourUTC: peak)
    }
  }
}
