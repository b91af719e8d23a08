#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The density of the Laplace distribution around 0: sharp at the middle, with tails that forgive.
func laplace(_ value: Double, scale: Double) -> Double { exp(-abs(value) / scale) / (2 * scale) }
