import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// How a service is to be searched for from now on.
struct DispatchModeBody {
    let mode: DispatchMode

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("mode", max: 40)
        let mode = FixOnCallWords.dispatchMode(word)
        if mode == nil, !word.isEmpty {
            fields.issue("mode", "must be one of \(FixOnCallWords.dispatchModes.joined(separator: ", "))")
        }
        try fields.finish()
        guard let mode else { throw .validation([FieldIssue(name: "mode", message: "is required")]) }
        self.mode = mode
    }
}

/// Several services, each with the mechanic who shall have it.
struct AssignmentsBody {
    let items: [(job: Reference, provider: Reference)]

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let read = fields.objects("assignments", count: 1...100) { item in
            (item.reference("service_id"), item.reference("mechanic_id"))
        }
        try fields.finish()
        items = read.compactMap { job, provider in
            guard let job, let provider else { return nil }
            return (job, provider)
        }
    }
}
