import Mongo

/// What is held about a person: shown to him as a whole, and taken away when he leaves.
///
/// A collection that holds something of a person has a line in ``Erasure/holdings``, and a member of ``PersonalRecord`` if
/// it is his to read.
public struct PersonalData: Sendable {
    let dependencies: Dependencies
    let accounts: Accounts
    let jobs: Jobs
    let bookings: Bookings
    let inbox: Inbox

    init(_ dependencies: Dependencies, accounts: Accounts, jobs: Jobs, bookings: Bookings, inbox: Inbox) {
        self.dependencies = dependencies
        self.accounts = accounts
        self.jobs = jobs
        self.bookings = bookings
        self.inbox = inbox
    }

    var store: Store { dependencies.store }
}
