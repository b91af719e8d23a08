import Foundation
import LibFuzzer

/// `fuzz TARGET [libFuzzer's options and corpora]`: hands what libFuzzer makes up to one parser.
///
/// A parser must take any bytes: it answers with what it read or with an error, and what it read must hold
/// together. Whatever does not traps, which libFuzzer reports with the input.
@main
struct Fuzz {
  nonisolated(unsafe) private static var target = Target.request

  static func main() {
    guard CommandLine.arguments.count > 1, let target = Target(rawValue: CommandLine.arguments[1])
    else {
      let names = Target.allCases.map(\.rawValue).joined(separator: " ")
      FileHandle.standardError.write(Data("usage: fuzz TARGET [options], one of: \(names)\n".utf8))
      exit(2)
    }
    Self.target = target
    let words = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)
    var arguments = words.map { strdup($0) } + [nil]
    var count = Int32(words.count)
    let status = arguments.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      return LLVMFuzzerRunDriver(&count, &start) { bytes, length in
        Fuzz.target.run(UnsafeRawBufferPointer(start: bytes, count: length))
        return 0
      }
    }
    exit(status)
  }
}
