import Gateway

/// A request's record for those who keep it: handed on it is one count, and no copy of all that it holds.
final class KeptRecord: Sendable {
  let record: RequestRecord

  init(_ record: RequestRecord) { self.record = record }
}
