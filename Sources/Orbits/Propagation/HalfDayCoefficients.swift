/// The coefficients of the half-day resonance, named by Kaula's indices (l, m, p, q).
///
/// Eccentricity functions are the polynomial fits of Hujsak, Spacetrack Report No. 1 (1979), in the
/// pieces that AIAA 2006-6753 publishes.
struct HalfDayCoefficients: Sendable {
  let d2201, d2211, d3210, d3222, d4410, d4422, d5220, d5232, d5421, d5433: Double

  init(meanMotion n: Double, inverseAxis: Double, eccentricity e: Double, inclination i: SinCos) {
    let g = EccentricityFunctions(e)
    let f = InclinationFunctions(i)
    // Normalised harmonics of the geopotential.
    let root22 = 1.7891679e-6
    let root32 = 3.7393792e-7
    let root44 = 7.3636953e-9
    let root52 = 1.1428639e-7
    let root54 = 2.1765803e-9
    var base = 3 * n * n * inverseAxis * inverseAxis
    d2201 = base * root22 * f.f220 * g.g201
    d2211 = base * root22 * f.f221 * g.g211
    base *= inverseAxis
    d3210 = base * root32 * f.f321 * g.g310
    d3222 = base * root32 * f.f322 * g.g322
    base *= inverseAxis
    d4410 = 2 * base * root44 * f.f441 * g.g410
    d4422 = 2 * base * root44 * f.f442 * g.g422
    base *= inverseAxis
    d5220 = base * root52 * f.f522 * g.g520
    d5232 = base * root52 * f.f523 * g.g532
    d5421 = 2 * base * root54 * f.f542 * g.g521
    d5433 = 2 * base * root54 * f.f543 * g.g533
  }
}

/// Kaula's eccentricity functions, fitted for eccentricities from 0.5 on.
private struct EccentricityFunctions {
  let g201, g211, g310, g322, g410, g422, g520, g521, g532, g533: Double

  init(_ e: Double) {
    /// A polynomial in the eccentricity, lowest power first.
    func fit(_ c0: Double, _ c1: Double, _ c2: Double, _ c3: Double = 0) -> Double {
      c0 + e * (c1 + e * (c2 + e * c3))
    }
    g201 = -0.306 - (e - 0.64) * 0.440
    if e <= 0.65 {
      g211 = fit(3.616, -13.2470, 16.2900)
      g310 = fit(-19.302, 117.3900, -228.4190, 156.5910)
      g322 = fit(-18.9068, 109.7927, -214.6334, 146.5816)
      g410 = fit(-41.122, 242.6940, -471.0940, 313.9530)
      g422 = fit(-146.407, 841.8800, -1629.014, 1083.4350)
      g520 = fit(-532.114, 3017.977, -5740.032, 3708.2760)
    } else {
      g211 = fit(-72.099, 331.819, -508.738, 266.724)
      g310 = fit(-346.844, 1582.851, -2415.925, 1246.113)
      g322 = fit(-342.585, 1554.908, -2366.899, 1215.972)
      g410 = fit(-1052.797, 4758.686, -7193.992, 3651.957)
      g422 = fit(-3581.690, 16178.110, -24462.770, 12422.520)
      g520 =
        e > 0.715
        ? fit(-5149.66, 29936.92, -54087.36, 31324.56) : fit(1464.74, -4664.75, 3763.64)
    }
    if e < 0.7 {
      g533 = fit(-919.22770, 4988.6100, -9064.7700, 5542.21)
      g521 = fit(-822.71072, 4568.6173, -8491.4146, 5337.524)
      g532 = fit(-853.66600, 4690.2500, -8624.7700, 5341.4)
    } else {
      g533 = fit(-37995.780, 161616.52, -229838.20, 109377.94)
      g521 = fit(-51752.104, 218913.95, -309468.16, 146349.42)
      g532 = fit(-40023.880, 170470.89, -242699.48, 115605.82)
    }
  }
}

/// Kaula's inclination functions.
private struct InclinationFunctions {
  let f220, f221, f321, f322, f441, f442, f522, f523, f542, f543: Double

  init(_ i: SinCos) {
    let c = i.cos
    let s = i.sin
    let c2 = c * c
    let s2 = s * s
    f220 = 0.75 * (1 + 2 * c + c2)
    f221 = 1.5 * s2
    f321 = 1.875 * s * (1 - 2 * c - 3 * c2)
    f322 = -1.875 * s * (1 + 2 * c - 3 * c2)
    f441 = 35 * s2 * f220
    f442 = 39.3750 * s2 * s2
    f522 =
      9.84375 * s
      * (s2 * (1 - 2 * c - 5 * c2) + 0.33333333 * (-2 + 4 * c + 6 * c2))
    f523 =
      s
      * (4.92187512 * s2 * (-2 - 4 * c + 10 * c2) + 6.56250012 * (1 + 2 * c - 3 * c2))
    f542 = 29.53125 * s * (2 - 8 * c + c2 * (-12 + 8 * c + 10 * c2))
    f543 = 29.53125 * s * (-2 - 8 * c + c2 * (12 + 8 * c - 10 * c2))
  }
}
