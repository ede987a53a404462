import Roadside
import RoadsideWeb

/// D19: which slice of the inbox.
struct NotificationQuery {
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page()
        try query.finish()
    }
}
