import Network

/// What has been measured in one slot.
struct SlotSamples: Sendable, Equatable {
  /// The most measurements that count in a slot; further ones say nothing new.
  static let maximum = 256

  let slot: Slot
  /// Rising, so that the middle one is at hand on every decision.
  private var residuals: [Double] = []
  private var forecasts: [Double] = []
  /// Those of the residuals that were measured over the whole way.
  private var measured: [Double] = []

  init(_ slot: Slot) { self.slot = slot }

  var count: Int { residuals.count }

  /// How many were measured over the whole way.
  var measuredCount: Int { measured.count }

  mutating func append(residualMs: Double, forecastMs: Double, isMeasured: Bool = true) {
    guard count < Self.maximum else { return }
    let place = residuals.firstIndex { $0 > residualMs } ?? residuals.endIndex
    residuals.insert(residualMs, at: place)
    forecasts.append(forecastMs)
    if isMeasured { measured.append(residualMs) }
  }

  /// The middle residual, milliseconds; `nil` where nothing was measured.
  var levelMs: Double? { residuals.quantileOfSorted(0.5) }

  /// The middle of the residuals that were measured over the whole way; `nil` where none was.
  var measuredLevelMs: Double? { measured.median }

  /// The middle forecast at the times of the measurements, milliseconds.
  var forecastMs: Double? { forecasts.median }

  /// The standard deviation within the slot, told from the quartiles, milliseconds; 0 of a single one.
  var spreadMs: Double {
    // For a normal distribution the quartiles are 1.349 standard deviations apart.
    ((residuals.quantileOfSorted(0.75) ?? 0) - (residuals.quantileOfSorted(0.25) ?? 0)) / 1.349
  }
}
