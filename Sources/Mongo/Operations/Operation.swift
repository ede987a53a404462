/// One request to the database, written once and run by asynchronous and leased collections alike.
protocol Operation: Sendable {
    associatedtype Answer: Sendable
    /// What it is called in metrics.
    static var kind: String { get }
    func run(on lease: MongoLease) throws(MongoError) -> Answer
}
