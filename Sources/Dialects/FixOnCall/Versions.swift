import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

// Versions of services and bookings, as `ETag`, `If-Match` and `If-None-Match` have them (domain §4.8.4).

extension HTTPFields {
    /// `ETag` of every answer that shows one service or booking.
    static func version(of job: Job) -> HTTPFields { [.eTag: EntityTag(version: job.version).text] }
}

extension Job {
    /// Whether everything that is shown of it moves its version. While somebody holds it, it does not: where he is, whether
    /// he is heard of, when he is expected and what it would cost to call him off change with the clock; nor, to a
    /// mechanic, his own distance.
    var isVersioned: Bool { !status.isLive && provider?.location == nil && distanceKm == nil }
}

extension Operation {
    /// The same command, for the version that its sender has seen.
    var conditional: Operation {
        with(
            "If-Match", TagSchema.list,
            "`ETag` of the answer that showed it: the command is carried out only if nothing has changed since.",
            412, Reply("Changed since; `ETag` has the version as it is", .reference(FixOnCall.problemSchema)))
    }

    /// The same view, spared to those who have it.
    var revalidated: Operation {
        with("If-None-Match", TagSchema.list, "`ETag` of an answer that is at hand.", 304, Reply("Not changed since"))
    }

    private func with(_ header: String, _ schema: Schema, _ meaning: String, _ status: Int, _ reply: Reply) -> Operation
    {
        var operation = self
        operation.parameters.append(Parameter(header, in: .header, schema, meaning))
        operation.responses[status] = reply
        if operation.responses[400] == nil {
            operation.responses[400] = Reply("Malformed request", .reference(FixOnCall.problemSchema))
        }
        return operation
    }
}

/// What the headers of conditional requests look like (RFC 9110 §13.1).
enum TagSchema {
    private static let tag = #"(W/)?"[!#-~]*""#

    static let list = Schema(["type": "string", "pattern": .string("^([*]|\(tag)( *, *\(tag))*)$")])
}
