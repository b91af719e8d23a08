import Foundation

/// Writes text to standard output at once: `print` would keep it back where that is a file or a pipe.
/// Output that can't be written ends the program: what depends on it must not take it for whole.
func writeOutput(_ text: String) {
  writeOutput(Array(text.utf8)[...])
}

/// Writes text in UTF-8 to standard output at once.
func writeOutput(_ bytes: ArraySlice<UInt8>) {
  guard let code = writeAll(bytes, to: STDOUT_FILENO) else { return }
  writeError("error: can't write the output: \(String(cString: strerror(code)))\n")
  exit(1)
}

/// Writes text to standard error; where that fails there is nobody left to tell.
func writeError(_ text: String) { _ = writeAll(Array(text.utf8)[...], to: STDERR_FILENO) }

/// Writes to the end, whatever signals interrupt; gives the error number where it can't.
private func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32? {
  bytes.withUnsafeBytes { bytes in
    var rest = bytes
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
