#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sine of an angle in degrees.
func sineDeg(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }
