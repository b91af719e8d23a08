import ArgumentParser
import Foundation

/// Runs the command and turns what went wrong into an exit code: 2 for usage and input, 1 for failure.
@main
enum Main {
  static func main() async {
    // A reader that closes the pipe early (`perigee passes … | head`) ends the program quietly.
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try Perigee.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as InputError {
      fail(error.description, code: 2)
    } catch let problems as ManifestProblems {
      fail(problems.asInputError.description, code: 2)
    } catch let error as Failure {
      fail(error.description, code: 1)
    } catch {
      let code = Perigee.exitCode(for: error)
      guard code != .success else {
        print(Perigee.fullMessage(for: error))
        return
      }
      let isUsage = code == .validationFailure
      fail(Perigee.fullMessage(for: error), code: isUsage ? 2 : 1, prefix: isUsage ? "" : "error: ")
    }
  }

  private static func fail(_ message: String, code: Int32, prefix: String = "error: ") -> Never {
    let text = message.hasPrefix("Error: ") ? message : prefix + message
    writeError(text + "\n")
    exit(code)
  }
}

/// Something is wrong with what the user gave: exit code 2.
struct InputError: Error, CustomStringConvertible {
  var description: String
}

/// Something that should have worked did not: exit code 1.
struct Failure: Error, CustomStringConvertible {
  var description: String
}
