import BSON
import Foundation
import Logging
import RoadsideTesting
import Testing

@testable import Telemetry

@Suite("The log")
struct LogTests {
    private func output(_ keeper: LineKeeper, level: Logger.Level = .info) -> LogOutput {
        LogOutput(keeper, node: "n1", version: "1.2.3", level: level)
    }

    @Test("a line is one JSON object: when, how grave, what, where; and what was asked for beside it")
    func line() throws {
        let keeper = LineKeeper()
        var logger = output(keeper).logger("dispatch")
        logger[metadataKey: "job"] = "42"
        logger.warning("A thing happened", metadata: ["list": ["a", "b"], "more": ["z": "1", "a": "2"]])
        logger.debug("Nobody wants to know")
        let line = try #require(try keeper.json().first)
        #expect(keeper.lines.count == 1)
        #expect(line["level"] == "warning" && line["msg"] == "A thing happened" && line["logger"] == "dispatch")
        #expect(line["node"] == "n1" && line["version"] == "1.2.3" && line["job"] == "42")
        #expect(line["list"] == ["a", "b"] && line["more"] == ["a": "2", "z": "1"])
        let ts = try #require(line["ts"]?.string)
        #expect(ts.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil, "\(ts)")
        #expect(line["request_id"] == nil)
    }

    @Test("what is logged while a request is served names it and its trace, and cannot be talked out of it")
    func request() throws {
        let keeper = LineKeeper()
        let logger = output(keeper).logger("x")
        let record = RequestRecord(requestID: "request-7")
        RequestRecord.$current.withValue(record) {
            logger.info("Inside", metadata: ["request_id": "forged", "msg": "forged", "ts": "forged"])
        }
        let line = try #require(try keeper.json().first)
        #expect(line["request_id"] == "request-7" && line["msg"] == "Inside")
        #expect(line["trace_id"] == .string(record.trace.traceID) && line["span_id"] == .string(record.trace.spanID))
        #expect(line.object?.filter { $0.name == "request_id" || $0.name == "msg" }.count == 2)
    }

    @Test("T26: line breaks, quotes and control characters stay inside the value they came in")
    func injection() throws {
        let keeper = LineKeeper()
        let hostile = "a\r\n{\"level\":\"info\",\"msg\":\"forged\"}\u{0}\u{1B}[31m\u{2028}\"\\"
        output(keeper).logger("x").error("Failed", metadata: ["error": .string(hostile), "a\"b\n": "c"])
        #expect(keeper.lines.count == 1)
        let line = try #require(try keeper.json().first)
        #expect(line["error"]?.string == hostile && line["a\"b\n"] == "c" && line["msg"] == "Failed")
    }

    @Test(
        "T7: an address, a number or a secret in the text of an error is left out",
        arguments: [
            ("mail to wanjiku@example.com failed", "mail to *** failed"),
            ("<wanjiku+tag@mail.example.co.ke>", "<***>"), ("call +254712345678.", "call ***"),
            ("bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "bearer ***"),
            ("token 6pTt0Ck4r2uJx1yQm8Zs3vBn5wLd7eHf9aGc0iKo2qU", "token ***"),
            ("job 65a50b2c9f1d4e0012345678 is late by +5 minutes @ 10:30", nil),
            ("65a50b2c-9f1d-8e00-8123-456780000000 and fixoncall.services", nil), ("", nil),
        ])
    func redaction(text: String, shown: String?) {
        #expect(Redaction.applied(to: text) == shown ?? text)
    }

    @Test("lines that nobody reads are dropped beyond a limit and counted, and the writer waits for nobody")
    func overflow() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let writer = LineWriter(descriptor: ends[1], limit: 1 << 20)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1023)
        // The pipe takes 64 KiB and a batch more, the waiting room a MiB.
        for _ in 0..<4096 { writer.write(line) }
        let read = FileHandle(fileDescriptor: ends[0])
        Thread.detachNewThread { [ends] in
            writer.flush(within: 60)
            close(ends[1])
        }
        let text = try #require(try read.readToEnd())
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let lost = try lines.filter { $0.first == UInt8(ascii: "{") }
            .map { try JSON.parse(Array($0))["count"]?.int ?? 0 }.reduce(0, +)
        #expect(lost > 0)
        #expect(lines.filter { $0.first == UInt8(ascii: "x") }.count + Int(lost) == 4096)
        #expect(lines.allSatisfy { $0.first == UInt8(ascii: "{") || $0.count == 1023 })
    }

    @Test("a pipe that nobody reads keeps no process from ending")
    func unread() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let writer = LineWriter(descriptor: ends[1])
        for _ in 0..<256 { writer.write([UInt8](repeating: UInt8(ascii: "x"), count: 1023)) }
        writer.flush(within: 0.1)
        // Had it waited for a reader, nobody would come here.
        let read = FileHandle(fileDescriptor: ends[0])
        Thread.detachNewThread { [ends] in
            writer.flush(within: 60)
            close(ends[1])
        }
        #expect(try read.readToEnd()?.count == 256 * 1024)
    }

    @Test("a pipe that does not block is waited for")
    func nonblocking() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let writer = LineWriter(descriptor: ends[1])
        for _ in 0..<1024 { writer.write([UInt8](repeating: UInt8(ascii: "x"), count: 1023)) }
        let read = FileHandle(fileDescriptor: ends[0])
        Thread.detachNewThread { [ends] in
            writer.flush(within: 60)
            close(ends[1])
        }
        #expect(try read.readToEnd()?.count == 1024 * 1024)
    }

    @Test("lines that a full disk does not take are counted, in a line like others, when it takes some again")
    func fullDisk() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        #expect(descriptor >= 0)
        let writer = LineWriter(descriptor: descriptor)
        writer.sign(as: LogOutput(writer, node: "n1", version: "1.2.3"))
        for _ in 0..<3 {
            writer.write(Array("lost".utf8))
            writer.flush(within: 60)
        }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(dup2(ends[1], descriptor) == descriptor)
        close(ends[1])
        writer.write(Array("kept".utf8))
        writer.flush(within: 60)
        close(descriptor)
        let text = try #require(try FileHandle(fileDescriptor: ends[0]).readToEnd())
        let lines = text.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2 && lines.first.map { Array($0) } == Array("kept".utf8))
        let confession = try JSON.parse(Array(try #require(lines.last)))
        #expect(confession["count"] == 3 && confession["level"] == "warning" && confession["ts"] != nil)
        #expect(confession["node"] == "n1" && confession["version"] == "1.2.3")
    }
}
