import Foundation

/// Writes text to standard output at once: `print` would keep it back where that is a file or a pipe.
func writeOutput(_ text: String) { writeAll(text, to: STDOUT_FILENO) }

/// Writes text to standard error.
func writeError(_ text: String) { writeAll(text, to: STDERR_FILENO) }

/// Writes to the end, whatever signals interrupt. A closed or full destination ends the writing: there
/// is nobody left to tell.
private func writeAll(_ text: String, to descriptor: Int32) {
  var text = text
  text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let written = write(descriptor, rest.baseAddress, rest.count)
      if written > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      } else if errno != EINTR {
        return
      }
    }
  }
}
