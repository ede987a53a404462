import BSON

/// What a ``Watcher`` reads: something at the server that brings what is new, for ever.
protocol StreamCursor: AnyObject {
    /// The server has ended it.
    var isClosed: Bool { get }
    /// Where the next cursor goes on after what has been read; nil for one that always begins with what comes.
    var token: Document? { get }
    /// What is new; waits for it for up to half a second.
    func next() throws(MongoError) -> [Document]
    func close()
}
