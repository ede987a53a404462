import Hummingbird

/// The hooks and error handlers of one blueprint, in the order in which they were added.
struct HookRecord<Context: BlueprintContext>: Sendable {
    var before: [Blueprint<Context>.BeforeHook] = []
    var after: [Blueprint<Context>.AfterHook] = []
    var teardown: [Blueprint<Context>.TeardownHook] = []
    var layers: [Layer<Context>] = []
    var byStatus: [Int: Blueprint<Context>.ErrorHandler] = [:]
    var byType: [TypeHandler<Context>] = []
}

/// An error handler that is chosen by the type of the error.
struct TypeHandler<Context: BlueprintContext>: Sendable {
    private let type: ObjectIdentifier
    private let cast: @Sendable (any Error) -> Bool
    let respond: Blueprint<Context>.ErrorHandler

    init<Failure: Error>(
        _ type: Failure.Type, _ handler: @escaping @Sendable (Failure, Request, Context) async throws -> Response
    ) {
        self.type = ObjectIdentifier(type)
        cast = { $0 is Failure }
        respond = { error, request, context in
            guard let failure = error as? Failure else { throw error }
            return try await handler(failure, request, context)
        }
    }

    func isExact(for error: any Error) -> Bool {
        ObjectIdentifier(Swift.type(of: error)) == type
    }

    func accepts(_ error: any Error) -> Bool {
        cast(error)
    }
}
