import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    public init() {}

    public func add(_ count: Int = 1) { number.add(count, ordering: .relaxed) }

    public var value: Int { number.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    public init() {}

    public func add(_ count: Int) { number.add(count, ordering: .relaxed) }

    public var value: Int { number.load(ordering: .relaxed) }
}
