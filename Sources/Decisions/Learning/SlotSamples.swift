import Network

/// What has been measured in one slot.
struct SlotSamples: Sendable, Equatable {
  /// The most measurements that count in a slot; further ones say nothing new.
  static let maximum = 256

  let slot: Slot
  /// Rising, so that the middle one is at hand on every decision.
  private var residuals: [Double] = []
  private var forecasts: [Double] = []

  init(_ slot: Slot) { self.slot = slot }

  var count: Int { residuals.count }

  mutating func append(residualMs: Double, forecastMs: Double) {
    guard count < Self.maximum else { return }
    let place = residuals.firstIndex { $0 > residualMs } ?? residuals.endIndex
    residuals.insert(residualMs, at: place)
    forecasts.append(forecastMs)
  }

  /// The middle residual, milliseconds; `nil` where nothing was measured.
  var levelMs: Double? { residuals.quantileOfSorted(0.5) }

  /// The middle forecast at the times of the measurements, milliseconds.
  var forecastMs: Double? { forecasts.median }

  /// The standard deviation within the slot, told from the median of the deviations, milliseconds; `nil` of
  /// fewer than three.
  var spreadMs: Double? {
    guard count >= 3, let level = levelMs else { return nil }
    // For a normal distribution the median deviation is 0.6745 standard deviations.
    return residuals.map { abs($0 - level) }.median.map { $0 / 0.6745 }
  }
}
