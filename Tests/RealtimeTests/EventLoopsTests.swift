import Testing

@testable import Realtime

@Suite("The event loops of a process")
struct EventLoopsTests {
    @Test(
        "are as many as the cores that Linux allows",
        arguments: [
            ("Name:\tfixoncall\nCpus_allowed:\t1\nCpus_allowed_list:\t0\n", 1), ("Cpus_allowed:\tff\n", 8),
            ("Threads:\t3\nCpus_allowed:\t00000001,80000003\n", 4), ("Cpus_allowed:\t\n", nil), ("Threads:\t3\n", nil),
        ])
    func counts(status: String, cores: Int?) {
        #expect(EventLoops.coresAllowed(in: status) == cores)
    }
}
