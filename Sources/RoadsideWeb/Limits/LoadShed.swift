import BSON
public import Blueprint
import Hummingbird
public import Roadside
import Synchronization

/// Refuses the less important requests with 503 while there are too many at once, before anything is read or looked up
/// for them: those that are let in are answered in time (trust.md §1.9).
///
/// Each server counts for itself.
public final class LoadShed: Sendable {
    private let inFlight = Atomic<Int>(0)
    private let limit: Int
    private let importance: @Sendable (String) -> Importance

    /// - Parameters:
    ///   - limit: requests that are worked on at once.
    ///   - importance: of the route with this name.
    public init(limit: Int, importance: @escaping @Sendable (String) -> Importance) {
        self.limit = limit
        self.importance = importance
    }

    /// Before every other hook of the application.
    ///
    /// - Throws: `OVERLOADED`.
    public func enter(_ context: inout WebContext) throws(RoadsideError) {
        let importance = importance(context.routing.endpoint)
        guard inFlight.load(ordering: .relaxed) < room(for: importance) else {
            throw RoadsideError(
                .overloaded, "The server is busy. Please try again shortly.", details: [("retry_after", 2)])
        }
        guard importance != .patient else { return }
        inFlight.add(1, ordering: .relaxed)
        context.takesPlace = true
    }

    /// Around all handlers: who lets us wait for his body takes no place meanwhile, or a thousand connections that send
    /// heads and nothing else would keep everybody out. Waiting is bounded by the limits of connections.
    public var layer: Layer<WebContext> {
        Layer(for: [.post, .put, .patch, .delete]) { [self] request, context, next in
            guard context.takesPlace else { return try await next(request, context) }
            var request = request
            inFlight.subtract(1, ordering: .relaxed)
            do {
                request.body = RequestBody(buffer: try await RequestJSON.gather(request))
            } catch {
                inFlight.add(1, ordering: .relaxed)
                throw error
            }
            inFlight.add(1, ordering: .relaxed)
            return try await next(request, context)
        }
    }

    /// When a request is over, whatever has become of it.
    public var teardown: Blueprint<WebContext>.TeardownHook {
        { [self] _, context, _ in
            if context.takesPlace { inFlight.subtract(1, ordering: .relaxed) }
        }
    }

    /// Requests that are worked on now.
    public var count: Int { inFlight.load(ordering: .relaxed) }

    /// So many may be there already. That lists go at six tenths and the usual at eight is ours.
    private func room(for importance: Importance) -> Int {
        switch importance {
        case .vital: .max
        case .urgent: limit
        case .usual: limit * 8 / 10
        case .deferrable, .patient: limit * 6 / 10
        }
    }
}
