/// The hooks and handlers that are in force inside one mounted blueprint: its own and those of everything around it, in
/// the order in which they run, so that a request walks flat lists.
final class Scope<Context: BlueprintContext>: Sendable {
    /// App, outermost … innermost.
    let before: [Blueprint<Context>.BeforeHook]
    /// Innermost … app, each blueprint's list reversed.
    let after: [Blueprint<Context>.AfterHook]
    /// Innermost … app, each blueprint's list reversed.
    let teardown: [Blueprint<Context>.TeardownHook]
    /// App, outermost … innermost.
    let layers: [Layer<Context>]
    private let byStatus: [Int: Blueprint<Context>.ErrorHandler]
    /// Innermost … app, one list for each blueprint.
    private let byType: [[TypeHandler<Context>]]

    init(_ own: HookRecord<Context>, inside outer: Scope?) {
        before = (outer?.before ?? []) + own.before
        after = own.after.reversed() + (outer?.after ?? [])
        teardown = own.teardown.reversed() + (outer?.teardown ?? [])
        layers = (outer?.layers ?? []) + own.layers
        byStatus = (outer?.byStatus ?? [:]).merging(own.byStatus) { _, inner in inner }
        byType = (own.byType.isEmpty ? [] : [own.byType]) + (outer?.byType ?? [])
    }

    func handler(forStatus code: Int) -> Blueprint<Context>.ErrorHandler? {
        byStatus[code]
    }

    func handler(forTypeOf error: any Error) -> Blueprint<Context>.ErrorHandler? {
        for handlers in byType {
            if let handler = handlers.first(where: { $0.isExact(for: error) })
                ?? handlers.first(where: { $0.accepts(error) })
            {
                return handler.respond
            }
        }
        return nil
    }
}
