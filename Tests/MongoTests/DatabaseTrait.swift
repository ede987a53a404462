import MongoTesting
import Testing

/// Lends a test a fresh database, and drops that after it.
struct DatabaseTrait: TestTrait, TestScoping {
    let workers: Int

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let database = try await TestDatabase.fresh(workers: workers)
        do {
            try await TestDatabase.$lent.withValue(database, operation: function)
        } catch {
            await database.drop()
            throw error
        }
        await database.drop()
    }
}

extension Trait where Self == DatabaseTrait {
    static var database: Self { database() }

    static func database(workers: Int = 4) -> Self { Self(workers: workers) }
}

extension TestDatabase {
    @TaskLocal fileprivate static var lent: TestDatabase?

    /// The database lent to the test that runs.
    static var current: TestDatabase {
        get throws { try #require(lent, "the test has no .database trait") }
    }
}
