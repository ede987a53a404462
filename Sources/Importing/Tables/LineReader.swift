import Foundation

/// The lines of a file, one at a time, in a bounded part of the memory.
final class LineReader {
    struct Line {
        /// Where it begins in the file.
        let offset: Int
        /// From 1.
        let number: Int
        /// Without its end; empty when it is too long.
        let bytes: [UInt8]
        let isTooLong: Bool
    }

    /// Longer ones are passed over. Ours; a row of any of the five systems has a hundredth of it.
    static let longest = 1 << 20

    private let descriptor: Int32
    private let chunk: Int
    private var buffer: [UInt8] = []
    private var at = 0
    /// In the file, of the end of the buffer.
    private var read = 0
    private var number = 1

    /// - Parameter chunk: bytes read at once.
    /// - Throws: for what is no plain file: a folder, a device, and a link, which may lead anywhere.
    init(path: String, chunk: Int = 1 << 18) throws(ImportFault) {
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        self.chunk = chunk
        guard descriptor >= 0 else { throw ImportFault("\(path) cannot be opened; a link is not followed") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ImportFault("\(path) is no file")
        }
    }

    deinit { close(descriptor) }

    /// Continues at a line that begins there.
    func seek(to offset: Int, line: Int) {
        buffer = []
        (at, read, number) = (0, offset, line)
    }

    /// nil at the end.
    func next() -> Line? {
        let offset = read - (buffer.count - at)
        var length = 0
        var isTooLong = false
        while true {
            if let end = newline(from: at + length) {
                let bytes = isTooLong ? [] : Array(buffer[at..<end])
                at = end + 1
                return line(offset, bytes, isTooLong || bytes.count > Self.longest)
            }
            length = buffer.count - at
            if length > Self.longest {
                isTooLong = true
                at = buffer.count
                length = 0
            }
            guard fill() else { break }
        }
        guard isTooLong || length > 0 else { return nil }
        let bytes = Array(buffer[at...])
        at = buffer.count
        return line(offset, bytes, isTooLong)
    }

    private func line(_ offset: Int, _ bytes: [UInt8], _ isTooLong: Bool) -> Line {
        defer { number += 1 }
        return Line(offset: offset, number: number, bytes: isTooLong ? [] : bytes, isTooLong: isTooLong)
    }

    private func newline(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, 0x0A, bytes.count - start)
            else { return nil }
            return base.distance(to: UnsafeRawPointer(found))
        }
    }

    private func fill() -> Bool {
        if at > 0 {
            buffer.removeFirst(at)
            at = 0
        }
        let before = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: chunk))
        let count = buffer.withUnsafeMutableBytes { bytes in
            pread(descriptor, bytes.baseAddress.map { $0 + before }, chunk, off_t(read))
        }
        buffer.removeLast(chunk - max(count, 0))
        read += max(count, 0)
        return count > 0
    }
}
