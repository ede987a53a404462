/// One row of the state machine: who may lead a job from one status to the next, on what condition, and what follows.
struct JobTransition: Sendable, Hashable {
    let verb: Verb
    let from: JobStatus
    let to: JobStatus
    let parties: Set<Party>
    let condition: Condition
    let guards: Set<Guard>
    let consequences: Set<Consequence>

    enum Verb: Sendable, Hashable, CaseIterable {
        case request, match, accept, assign, depart, arrive, start, tow, reachDestination, complete
        case postpone, cancel, reallocate, expire, fail

        /// The verbs that lead a job forward; a walk is made of these alone. Claims (`accept`, `assign`) are not among
        /// them: each is a transaction of its own.
        static let forward: Set<Verb> = [
            .request, .match, .depart, .arrive, .start, .tow, .reachDestination, .complete,
        ]
    }

    /// The columns of domain §4.4.
    enum Party: Sendable, Hashable, CaseIterable {
        case customer, provider, staff, system
    }

    /// When the row exists at all.
    enum Condition: Sendable, Hashable {
        case always, destination, reallocationsLeft, reallocationsSpent
        case failure(Set<JobFailure>)
    }

    /// What may still stop the one who may go this way.
    enum Guard: Sendable, Hashable {
        case startCode, notExcluded
        /// Before a provider blames his customer: he has waited, and tried to reach him.
        case patience
        /// Before a provider is there, his receiver must not say that he is elsewhere.
        case presence
        /// Before anybody takes a job whose customer pays by card first (A29).
        case cardCharged
        /// Before the work of a job starts that is paid for at the pickup.
        case paid
    }

    enum Consequence: Sendable, Hashable {
        case createOTP, occupyProvider, startSearch, scheduleSearch, withdrawOffers
        /// These concern the provider who holds the job and fall away when nobody does.
        case clearOTP, releaseProvider, unassign, clearSlot, releaseOffer, exclude, countReallocation
    }
}

extension JobTransition {
    private init(
        _ verb: Verb, _ from: JobStatus, _ to: JobStatus, by parties: Set<Party>, when condition: Condition = .always,
        guards: Set<Guard> = [], then consequences: Set<Consequence> = []
    ) {
        self.init(
            verb: verb, from: from, to: to, parties: parties, condition: condition, guards: guards,
            consequences: consequences)
    }

    private static let claim: Set<Consequence> = [.occupyProvider, .createOTP, .withdrawOffers]
    private static let putOff: Set<Consequence> = [.withdrawOffers, .scheduleSearch]
    private static let leave: Set<Consequence> = [
        .releaseProvider, .unassign, .clearSlot, .releaseOffer, .clearOTP, .exclude,
    ]
    private static let close: Set<Consequence> = [
        .withdrawOffers, .releaseProvider, .clearSlot, .releaseOffer, .clearOTP,
    ]
    private static let searchAgain = leave.union([.countReallocation, .startSearch])
    private static let giveUp = leave.union(close)
    private static let finish: Set<Consequence> = [.releaseProvider, .clearSlot, .clearOTP]

    /// The whole state machine (domain §4.4). A status and verb name one row for each party, or two with complementary
    /// conditions.
    static let table: [JobTransition] = [
        .init(.request, .scheduled, .requested, by: [.staff, .system]),
        .init(.match, .requested, .matching, by: [.customer, .staff, .system], then: [.startSearch]),
        // Another time for a job that nobody holds. Offers of a search before may still be open in any of the three.
        .init(.postpone, .scheduled, .scheduled, by: [.customer, .staff], then: putOff),
        .init(.postpone, .requested, .scheduled, by: [.customer, .staff], then: putOff),
        .init(.postpone, .matching, .scheduled, by: [.customer, .staff], then: putOff),
        .init(.accept, .matching, .accepted, by: [.provider], guards: [.notExcluded, .cardCharged], then: claim),
        .init(.assign, .matching, .accepted, by: [.staff, .system], guards: [.cardCharged], then: claim),
        .init(.depart, .accepted, .enRoute, by: [.provider, .staff, .system]),
        .init(.arrive, .enRoute, .arrived, by: [.provider, .staff, .system], guards: [.presence]),
        .init(.start, .arrived, .inProgress, by: [.provider, .staff], guards: [.startCode, .paid], then: [.clearOTP]),
        .init(.tow, .inProgress, .towing, by: [.provider, .staff, .system], when: .destination),
        .init(.reachDestination, .towing, .atDestination, by: [.provider, .staff, .system], when: .destination),
        .init(.complete, .inProgress, .completed, by: [.provider, .staff], then: finish),
        .init(.complete, .atDestination, .completed, by: [.provider, .staff], then: finish),

        .init(.cancel, .scheduled, .cancelled, by: [.customer, .staff, .system], then: close),
        .init(.cancel, .requested, .cancelled, by: [.customer, .staff, .system], then: close),
        .init(.cancel, .matching, .cancelled, by: [.customer, .staff], then: close),
        .init(.cancel, .accepted, .cancelled, by: [.customer, .staff], then: close),
        .init(.cancel, .enRoute, .cancelled, by: [.customer, .staff], then: close),
        .init(.cancel, .arrived, .cancelled, by: [.customer, .staff], then: close),
        .init(.cancel, .inProgress, .cancelled, by: [.staff], then: close),
        .init(.cancel, .towing, .cancelled, by: [.staff], then: close),
        .init(.cancel, .atDestination, .cancelled, by: [.staff], then: close),

        // A provider who cancels before he arrived gives the job back.
        .init(
            .cancel, .accepted, .matching, by: [.provider], when: .reallocationsLeft,
            then: searchAgain),
        .init(
            .cancel, .enRoute, .matching, by: [.provider], when: .reallocationsLeft,
            then: searchAgain),
        .init(.cancel, .accepted, .expired, by: [.provider], when: .reallocationsSpent, then: giveUp),
        .init(.cancel, .enRoute, .expired, by: [.provider], when: .reallocationsSpent, then: giveUp),

        .init(
            .reallocate, .accepted, .matching, by: [.system], when: .reallocationsLeft,
            then: searchAgain),
        .init(
            .reallocate, .enRoute, .matching, by: [.system], when: .reallocationsLeft,
            then: searchAgain),
        .init(.reallocate, .accepted, .expired, by: [.system], when: .reallocationsSpent, then: giveUp),
        .init(.reallocate, .enRoute, .expired, by: [.system], when: .reallocationsSpent, then: giveUp),
        // Staff know what they do: no count binds them.
        .init(.reallocate, .accepted, .matching, by: [.staff], then: searchAgain),
        .init(.reallocate, .enRoute, .matching, by: [.staff], then: searchAgain),

        .init(.expire, .matching, .expired, by: [.system], then: close),

        .init(
            .fail, .arrived, .failed, by: [.provider, .staff],
            when: .failure([.goneOnArrival, .noShow, .unsuccessful]), guards: [.patience], then: close),
        .init(.fail, .inProgress, .failed, by: [.provider, .staff], when: .failure([.unsuccessful]), then: close),
        .init(
            .fail, .towing, .failed, by: [.provider, .staff], when: .failure([.unsuccessful, .destinationRefused]),
            then: close),
        .init(
            .fail, .atDestination, .failed, by: [.provider, .staff],
            when: .failure([.unsuccessful, .destinationRefused]), then: close),
    ]

    /// The rows that leave each status; none leaves a terminal one.
    static let leaving: [JobStatus: [JobTransition]] = Dictionary(grouping: table, by: \.from)

    /// Who may use each verb in some status at least.
    static let speakers: [Verb: Set<Party>] = table.reduce(into: [:]) { speakers, row in
        speakers[row.verb, default: []].formUnion(row.parties)
    }
}
