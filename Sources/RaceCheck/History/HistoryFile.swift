import BSON
import Foundation
import RoadsideRules

extension History {
    /// Writes the history as lines of JSON: requests, sockets, snapshots, then the jobs as they ended.
    public func write(to path: String) throws {
        let lines = commands.map(\.json) + sockets.map(\.json) + snapshots.map(\.json) + final.jobs.map(\.json)
        let text = lines.map { $0.text + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

extension CommandRecord {
    fileprivate var json: JSON {
        var json: JSON = [
            "line": "request", "kind": .string(kind.rawValue), "actor": .string(actor), "role": .string(role.rawValue),
            "job": JSON(job), "server": .int(Int64(server)), "began": .int(began), "ended": .int(ended),
        ]
        for (name, value) in [("provider", provider), ("target", target), ("key", key), ("mark", mark)] {
            if let value { json.add(name, .string(value)) }
        }
        switch outcome {
        case .answered(let answer):
            json.add("status", .int(Int64(answer.status)))
            json.add("code", JSON(answer.code))
            json.add("version", JSON(answer.version))
            json.add("stage", JSON(answer.stage))
            json.add("holder", JSON(answer.holder))
        case .unknown(let cause): json.add("unknown", .string(cause))
        case .unsent: json.add("unsent", true)
        }
        return json
    }
}

extension SocketRecord {
    fileprivate var json: JSON {
        [
            "line": "socket", "person": .string(person), "route": .string(route.rawValue),
            "frames": .array(frames.map { [.int($0.number), .string($0.word)] }),
            "cursors": .array(cursors.map(JSON.int)),
        ]
    }
}

extension Snapshot {
    fileprivate var json: JSON {
        func pairs(_ pairs: [Pair]) -> JSON { .array(pairs.map { [.string($0.provider), .string($0.job)] }) }
        return [
            "line": "snapshot", "at": .int(at), "holders": pairs(holders), "current": pairs(current),
            "exclusive": pairs(exclusive),
        ]
    }
}

extension FinalState.Job {
    fileprivate var json: JSON {
        [
            "line": "job", "id": .string(id), "number": .int(number), "version": .int(version),
            "status": .string(status), "customer": .string(customer), "holder": JSON(holder),
            "description": .string(description),
            "events": .array(
                events.map {
                    ["at": .int($0.at), "status": .string($0.status), "by": JSON($0.by), "actor": JSON($0.actor)]
                }),
        ]
    }
}
