import ArgumentParser
import Foundation

/// What commands say to a person: results on standard output, trouble on standard error.
enum Terminal {
    /// Prints trouble and gives the error that ends the command with status 1.
    static func failure(_ text: String) -> ExitCode {
        warn("fixoncall: \(text)")
        return .failure
    }

    /// One line on standard error.
    static func warn(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// One line on standard error, of a command whose standard output is its log.
    static func note(_ text: String) { warn(text) }

    /// One line on standard output, at once, so that a pipe sees progress too.
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }

    /// Reads a line without echo when standard input is a terminal (passwords), plainly otherwise.
    static func readSecret(_ prompt: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() }
        FileHandle.standardError.write(Data(prompt.utf8))
        var shown = termios()
        tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine()
    }
}
