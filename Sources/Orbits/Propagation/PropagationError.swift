/// Why a satellite has no state at some time.
///
/// The codes are those of Vallado's reference implementation (AIAA 2006-6753), so that results can be
/// compared with other SGP4 libraries.
public struct PropagationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The code, 1 to 6.
  public let code: Int

  /// Creates an error from a code of the reference implementation.
  public init(code: Int) { self.code = code }

  /// 1: the mean eccentricity left [0, 1).
  public static let eccentricityOutOfRange = PropagationError(code: 1)
  /// 2: the mean motion is not positive.
  public static let meanMotionNotPositive = PropagationError(code: 2)
  /// 3: the eccentricity perturbed by moon and sun left [0, 1].
  public static let perturbedEccentricityOutOfRange = PropagationError(code: 3)
  /// 4: the semi-latus rectum is negative.
  public static let negativeSemiLatusRectum = PropagationError(code: 4)
  /// 5: the elements, or the time asked for, are outside what the theory describes.
  public static let outsideTheory = PropagationError(code: 5)
  /// 6: the satellite is below the earth's surface: it has decayed.
  public static let decayed = PropagationError(code: 6)

  /// What the code means and what to do about it.
  public var description: String {
    switch code {
    case 1:
      "SGP4 error 1: the mean eccentricity left the range 0 to 1; use an element set nearer the time"
    case 2: "SGP4 error 2: the mean motion is not positive; the element set is unusable"
    case 3:
      "SGP4 error 3: lunar and solar perturbations put the eccentricity outside 0 to 1; "
        + "the element set is unusable at this time"
    case 4:
      "SGP4 error 4: the semi-latus rectum is negative; use an element set nearer the time"
    case 5:
      "SGP4 error 5: the elements or the time are outside the theory "
        + "(not finite, suborbital, or more than 1900 years from epoch)"
    case 6: "SGP4 error 6: the satellite has decayed; use an element set nearer the time"
    default: "SGP4 error \(code)"
    }
  }
}
