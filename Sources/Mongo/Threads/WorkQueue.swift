/// The one waiting room of calls: first come, first served, bounded, and left at once by who gives up.
struct WorkQueue {
    /// A call and what a worker does for it with its client.
    struct Job: Sendable {
        let call: Call
        let run: @Sendable (OpaquePointer) -> Void
    }

    private var jobs: [UInt64: Job] = [:]
    private var tickets: [ObjectIdentifier: UInt64] = [:]
    private var head: UInt64 = 0
    private var tail: UInt64 = 0
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { jobs.count }

    /// - Returns: false when the room is full.
    mutating func append(_ job: Job) -> Bool {
        guard jobs.count < limit else { return false }
        jobs[tail] = job
        tickets[ObjectIdentifier(job.call)] = tail
        tail += 1
        return true
    }

    mutating func popFirst() -> Job? {
        while head < tail {
            let job = jobs.removeValue(forKey: head)
            head += 1
            guard let job else { continue }
            tickets[ObjectIdentifier(job.call)] = nil
            return job
        }
        return nil
    }

    mutating func remove(_ call: Call) {
        guard let ticket = tickets.removeValue(forKey: ObjectIdentifier(call)) else { return }
        jobs[ticket] = nil
    }

    mutating func removeAll() -> [Job] {
        let all = jobs.sorted { $0.key < $1.key }.map(\.value)
        jobs = [:]
        tickets = [:]
        head = tail
        return all
    }
}
