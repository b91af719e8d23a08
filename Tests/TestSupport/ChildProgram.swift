import Foundation

/// A program that a test starts.
public enum ChildProgram {
  /// A process, not started yet, that runs `program` without this process's TCP sockets.
  ///
  /// Children inherit every open descriptor. A child that lives on would hold the listeners and
  /// connections of other tests open, whose peers then never see them close. (Foundation watches its
  /// children through an inherited Unix socket, which therefore stays.)
  public static func process(_ program: URL, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", closeAndRun, "bash", program.path] + arguments
    return process
  }

  private static let closeAndRun = #"""
    tcp=" $(awk '{print $10}' /proc/net/tcp /proc/net/tcp6 2>/dev/null | tr '\n' ' ')"
    while read -r fd inode; do
      if [[ $tcp == *" $inode "* ]]; then eval "exec $fd>&-"; fi
    done < <(ls -l /proc/$$/fd | sed -nE 's/.* ([0-9]+) -> socket:\[([0-9]+)\]/\1 \2/p')
    exec "$@"
    """#
}
