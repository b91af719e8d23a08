import Dispatch
import Foundation

/// Has `act` called for each signal of that number, instead of what the signal does by itself.
func onSignal(
  _ number: Int32, _ act: @escaping @Sendable () -> Void
) -> any DispatchSourceSignal {
  signal(number, SIG_IGN)
  let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
  source.setEventHandler { act() }
  source.resume()
  return source
}
