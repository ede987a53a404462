import FixOnCallClient

/// A city that lives against a server, over real HTTP and real sockets, in a shortened time.
///
/// Who wants what when follows from the seed; in what order threads get to run does not, so two runs differ a little.
public struct CitySimulation: Sendable {
    /// The server cannot take the city in.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// What is being done, and how far it is.
    public enum Progress: Sendable {
        case signingIn(done: Int, of: Int)
        /// Providers whose sockets are open.
        case opening(done: Int, of: Int)
        /// Calls that are over, and minutes of the city's time.
        case living(minutes: Double, over: Int, of: Int)
    }

    private let script: CityScript
    private let host: String
    private let port: Int

    /// - Parameters:
    ///   - host, port: of a server whose windows are shortened by the same factor (`simulation.factor`).
    public init(_ options: SimulationOptions, host: String, port: Int) {
        script = CityScript(options)
        self.host = host
        self.port = port
    }

    /// Lets the city live until every call is over.
    ///
    /// - Parameter progress: called now and then.
    /// - Throws: ``Failure`` when people cannot sign in.
    public func run(_ progress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws -> Figures {
        let tokens = try await signIn(progress)
        // Signing in was no part of the city, so this line counts anew.
        let line = CityLine(host: host, port: port)
        let ears = try await concurrently(
            script.providers, atOnce: Self.socketsAtOnce,
            done: { progress(.opening(done: $0, of: script.providers.count)) }
        ) { part in
            await ProviderAgent.Ears(line, token: tokens.providers[part.index] ?? "")
        }
        let world = World(
            script: script, clock: CityClock(factor: script.options.factor), line: line,
            ledger: Ledger(calls: script.calls.count))
        await withTaskGroup(of: Void.self) { street in
            for (part, ears) in zip(script.providers, ears) {
                street.addTask {
                    var agent = ProviderAgent(part, ears, world: world)
                    await agent.live()
                }
            }
            street.addTask { await callers(tokens, world, progress) }
        }
        return Figures(
            calls: world.ledger.all, providers: script.providers.count, traffic: line.traffic,
            lateness: world.clock.latenesses)
    }

    private func signIn(_ progress: @escaping @Sendable (Progress) -> Void) async throws -> Registry.Tokens {
        do {
            return try await Registry(CityLine(host: host, port: port), script).register {
                progress(.signingIn(done: $0, of: $1))
            }
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private func callers(
        _ tokens: Registry.Tokens, _ world: World, _ progress: @escaping @Sendable (Progress) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for call in script.calls {
                guard let token = tokens.customers[call.customer] else { continue }
                group.addTask { await CustomerAgent(call, token: token, world: world).live() }
            }
            var over = 0
            for await _ in group {
                over += 1
                progress(.living(minutes: world.clock.now / 60, over: over, of: script.calls.count))
            }
        }
        world.end()
    }

    private static let socketsAtOnce = 32
}
