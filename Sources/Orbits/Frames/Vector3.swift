/// A Cartesian triple; the frame and the unit are told by what carries it.
public typealias Vector3 = SIMD3<Double>

/// The inner product of two vectors.
@inlinable
public func dot(_ a: Vector3, _ b: Vector3) -> Double { (a * b).sum() }

/// The Euclidean length of a vector.
@inlinable
public func length(_ a: Vector3) -> Double { dot(a, a).squareRoot() }
