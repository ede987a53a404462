import BSON
import RoadsideRules

/// Plays one job after the other in one area, each as its plan says.
struct Lane: Sendable {
    let number: Int
    let plan: RacePlan
    let cast: Cast
    let board: AlertBoard
    let progress: Progress
    let honoursKeys: Bool

    private var area: Int { number / RaceOptions.lanesPerArea }
    var providers: [VirtualPerson] { cast.providers[area] }

    func play(_ jobs: [Int]) async {
        for index in jobs where !Task.isCancelled {
            await play(plan.job(index))
            progress.finishOne()
        }
    }

    private func play(_ job: JobPlan) async {
        let customer = cast.customers[number][job.customer]
        guard let opened = await Opening(plan: job, customer: customer, area: area, cast: cast).open(honoursKeys)
        else { return }
        let scene = Scene(lane: self, plan: job, job: opened.id, number: opened.number, customer: customer)
        for (turn, round) in job.rounds.enumerated() {
            await scene.race(round, turn: turn)
            var state = await scene.look(as: cast.admin, from: job.server)
            if JobStory.live.contains(state.stage), let holder = state.holder {
                await scene.work(round.steps, holder: holder, turn: turn)
                state = await scene.look(as: cast.admin, from: 1 - job.server)
            }
            guard state.stage == "matching" || state.stage == "scheduled" else { break }
            await pause(250)
        }
        await scene.close(job.closing)
    }
}

/// Waits so many milliseconds.
func pause(_ milliseconds: Int) async {
    guard milliseconds > 0 else { return }
    try? await Task.sleep(for: .milliseconds(milliseconds))
}
