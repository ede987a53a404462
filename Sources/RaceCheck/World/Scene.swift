import BSON
import RoadsideRules

/// One job of a lane: who says what about it.
struct Scene: Sendable {
    let lane: Lane
    let plan: JobPlan
    let job: String
    let number: Int64
    let customer: VirtualPerson

    struct State: Sendable {
        var stage = ""
        var holder: String?
        var code: String?
    }

    private var admin: VirtualPerson { lane.cast.admin }

    /// Everybody at once, each after his pause.
    func race(_ round: JobPlan.Round, turn: Int) async {
        await withDiscardingTaskGroup { group in
            for (place, move) in round.moves.enumerated() {
                group.addTask { await make(move, label: "\(turn)-m\(place)") }
            }
            for (place, interruption) in round.interruptions.enumerated() {
                group.addTask { await interrupt(interruption, label: "\(turn)-i\(place)") }
            }
        }
    }

    private func make(_ move: JobPlan.Move, label: String) async {
        let provider = lane.providers[move.provider]
        if move.listens { await lane.board.wait(provider.id, for: number) }
        await pause(move.pause)
        var wish = wish(move.act == .accept ? .accept : .decline, label: label)
        if move.act == .decline { wish.body = ["reason": "too far"] }
        await send(wish, by: provider, isTwin: move.isTwin, repeats: move.repeats, server: move.server)
    }

    private func interrupt(_ interruption: JobPlan.Interruption, label: String) async {
        await pause(interruption.pause)
        let (person, wish): (VirtualPerson, VirtualPerson.Wish) =
            switch interruption.word {
            case .customerCancels: (customer, cancellation(label))
            case .adminCancels: (admin, cancellation(label))
            case .customerAssigns(let place): (customer, assignment(of: place, label))
            case .adminAssigns(let place): (admin, assignment(of: place, label))
            }
        await send(wish, by: person, isTwin: interruption.isTwin, repeats: false, server: interruption.server)
    }

    /// What the provider who has the job does, while others may interfere.
    func work(_ steps: [JobPlan.TimedStep], holder: String, turn: Int) async {
        guard let provider = lane.providers.first(where: { $0.id == holder }) else { return }
        for (place, step) in steps.enumerated() {
            await pause(step.pause)
            let label = "\(turn)-s\(place)"
            switch step.step {
            case .wander: await pause(200)
            case .advance(let status): await send(advance(to: status, label), by: provider, step)
            case .startWithWrongCode: await start(provider, step, label, isWrong: true)
            case .start: await start(provider, step, label, isWrong: false)
            case .complete: await send(wish(.complete, label: label), by: provider, step)
            case .giveBack: await send(cancellation(label), by: provider, step)
            case .customerCancels: await send(cancellation(label), by: customer, step)
            case .adminCancels: await send(cancellation(label), by: admin, step)
            case .stranger:
                let stranger = lane.providers.first { $0.id != holder } ?? provider
                await send(advance(to: "arrived", label), by: stranger, step)
            }
        }
    }

    private func start(
        _ provider: VirtualPerson, _ step: JobPlan.TimedStep, _ label: String, isWrong: Bool
    ) async {
        let code = await look(as: customer, from: step.server).code ?? "000000"
        var wish = wish(.start, label: label)
        wish.body = ["otp": .string(isWrong ? (code == "123456" ? "654321" : "123456") : code)]
        await send(wish, by: provider, step)
    }

    /// The job ends here, or is left to time.
    func close(_ closing: JobPlan.Closing) async {
        let state = await look(as: admin, from: plan.server)
        guard !JobStory.terminal.contains(state.stage) else { return }
        if closing == .leave, !JobStory.live.contains(state.stage) { return }
        let (record, _) = await customer.insist(cancellation("close"), from: plan.server)
        guard record.answer?.code == "ILLEGAL_TRANSITION" else { return }
        _ = await admin.insist(cancellation("close"), from: plan.server)
    }

    /// The job as a person sees it now.
    func look(as person: VirtualPerson, from server: Int) async -> State {
        var wish = VirtualPerson.Wish(kind: .look, path: "/api/services/\(job)", job: job)
        wish.method = "GET"
        let (record, entity) = await person.insist(wish, from: server)
        return State(
            stage: record.answer?.stage ?? "", holder: record.answer?.holder, code: entity?["start_otp"]?.string)
    }
}

extension Scene {
    private func send(_ wish: VirtualPerson.Wish, by person: VirtualPerson, _ step: JobPlan.TimedStep) async {
        await send(wish, by: person, isTwin: step.isTwin, repeats: true, server: step.server)
    }

    /// Once, or to both servers at once; again, when asked to, after an answer that did not come.
    private func send(
        _ wish: VirtualPerson.Wish, by person: VirtualPerson, isTwin: Bool, repeats: Bool, server: Int
    ) async {
        async let twin: Void = isTwin ? { _ = await person.ask(wish, at: 1 - server) }() : ()
        let (record, _) = await person.ask(wish, at: server)
        await twin
        if repeats, !VirtualPerson.isSettled(record) { _ = await person.insist(wish, from: 1 - server) }
    }

    /// A request about this job. Every second one carries a key.
    private func wish(_ kind: CommandRecord.Kind, label: String) -> VirtualPerson.Wish {
        let isKeyed = SplitMix64.hash("\(plan.index) \(label)") % 2 == 0
        return .init(
            kind: kind, path: "/api/services/\(job)/\(kind.rawValue)", job: job,
            key: isKeyed ? "\(kind.rawValue)-\(plan.index)-\(label)" : nil)
    }

    private func cancellation(_ label: String) -> VirtualPerson.Wish {
        var wish = wish(.cancel, label: label)
        wish.body = ["reason": "changed my mind"]
        return wish
    }

    private func assignment(of place: Int, _ label: String) -> VirtualPerson.Wish {
        var wish = wish(.assign, label: label)
        wish.provider = lane.providers[place].id
        wish.body = ["mechanic_id": .string(lane.providers[place].id)]
        return wish
    }

    private func advance(to status: String, _ label: String) -> VirtualPerson.Wish {
        var wish = VirtualPerson.Wish(kind: .advance, path: "/api/services/\(job)/status", job: job, target: status)
        wish.method = "PUT"
        wish.body = ["status": .string(status)]
        return wish
    }
}
