import Foundation

/// Writes text to standard output at once: `print` would keep it back where that is a file or a pipe.
/// Output that can't be written ends the program: what depends on it must not take it for whole.
func writeOutput(_ text: String) {
  guard let code = writeAll(text, to: STDOUT_FILENO) else { return }
  writeError("error: can't write the output: \(String(cString: strerror(code)))\n")
  exit(1)
}

/// Writes text to standard error; where that fails there is nobody left to tell.
func writeError(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }

/// Writes to the end, whatever signals interrupt; gives the error number where it can't.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
  var text = text
  return text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let written = write(descriptor, rest.baseAddress, rest.count)
      if written > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
