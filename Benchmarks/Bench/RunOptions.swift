import ArgumentParser
import Foundation

struct RunOptions: ParsableArguments {
    @Option(help: "Seconds each scene is measured.") var seconds = 5

    @Option(help: "Seconds before that which do not count.") var warm = 1

    @Option(help: "Rounds; the table shows medians.") var rounds = 3

    @Option(help: "Requests a second in the scene alerts.") var requestRate = 50

    @Option(help: "What becomes of a job of that scene: accept (and complete), cancel, or none.") var follow = "accept"

    @Option(help: "Positions a second in the scene positions, each from another provider.") var positionRate = 2000

    @Option(help: "The core of the servers, as taskset takes it, or none.") var serverCore = "0"

    @Option(help: "The core of the load generators, or none.") var generatorCore = "1"

    @Option(help: "The core of mongod, or none.") var mongodCore = "1"

    /// Where this program and the others of this package lie.
    var programs: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    /// wrk's script.
    var script: String { source("scene.lua") }

    /// A file beside the sources of this program.
    func source(_ name: String) -> String {
        var folder = URL(fileURLWithPath: programs)
        while folder.path != "/", !FileManager.default.fileExists(atPath: "\(folder.path)/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return "\(folder.path)/Benchmarks/Bench/\(name)"
    }

    func program(_ name: String) -> String { "\(programs)/\(name)" }

    var serverPin: String? { serverCore == "none" ? nil : serverCore }
    var generatorPin: String? { generatorCore == "none" ? nil : generatorCore }
    var mongodPin: String? { mongodCore == "none" ? nil : mongodCore }

    func validate() throws {
        guard seconds > 0, warm >= 0, rounds > 0 else { throw ValidationError("--seconds and --rounds begin at 1") }
        guard ["accept", "cancel", "none"].contains(follow) else {
            throw ValidationError("--follow knows no \(follow)")
        }
        guard requestRate > 0, 1...DutyCity.providers ~= positionRate else {
            throw ValidationError("--request-rate begins at 1, --position-rate ends at \(DutyCity.providers)")
        }
    }
}
