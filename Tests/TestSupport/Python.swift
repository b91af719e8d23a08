import Foundation

/// Whether `interpreter` is a Python that has `packages`, by the names they are imported by, with commas.
public func python(_ interpreter: String?, has packages: String) -> Bool {
  guard let interpreter, FileManager.default.isExecutableFile(atPath: interpreter) else {
    return false
  }
  let process = ChildProgram.process(
    URL(fileURLWithPath: interpreter), ["-c", "import \(packages)"])
  process.standardError = FileHandle.nullDevice
  try? process.run()
  process.waitUntilExit()
  return process.terminationStatus == 0
}
