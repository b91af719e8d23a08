import Foundation
import Synchronization

/// The right to a folder for state, which one running node has at a time: two would do the same durable work
/// twice, and each overwrite what the other knows of its keys.
///
/// An advisory lock of the operating system (`flock`), so that it dies with the process, however that ends. The
/// file holds the process's id for whoever is refused, and is otherwise of no meaning.
final class StateLock: Sendable {
  private let file: Mutex<Int32?>

  /// Takes the folder, which is there.
  ///
  /// - Throws: ``NodeError`` where another node has it, with its process's id.
  init(folder: String) throws(NodeError) {
    let path = "\(folder)/node.lock"
    // A child that inherited it (a model's server) would hold the folder when its node is long gone.
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw NodeError(
        isInput: false,
        "cannot open \(path): \(String(cString: strerror(errno))). Check that the folder can be written, "
          + "or name another with --state.")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      defer { close(file) }
      throw reason == EWOULDBLOCK
        ? NodeError(
          isInput: false,
          "another node\(Self.owner(file)) has its state in \(folder): stop that one, or name another "
            + "folder with --state.")
        : NodeError(
          isInput: false,
          "cannot lock \(path): \(String(cString: strerror(reason))). Name a folder on a disk of this "
            + "machine with --state.")
    }
    let id = Array("\(getpid())\n".utf8)
    if ftruncate(file, 0) == 0 { _ = pwrite(file, id, id.count, 0) }
    self.file = Mutex<Int32?>(file)
  }

  deinit { release() }

  /// Gives the folder up.
  func release() {
    file.withLock { file in
      if let held = file {
        // A process that is just being started has a copy of it until it becomes another program.
        flock(held, LOCK_UN)
        close(held)
      }
      file = nil
    }
  }

  /// The process that has the folder, as it noted itself.
  private static func owner(_ file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(file, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return Int(text.filter { !$0.isWhitespace }).map { " (process \($0))" } ?? ""
  }
}
