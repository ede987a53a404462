import BSON
import Foundation
public import RoadsideRules

/// The files of `Config/reference`, read and judged as one set.
public struct ReferenceFolder: Sendable {
    /// What the files amount to together.
    public let data: ReferenceData
    let contents: [ReferenceFile: JSON]

    /// - Parameter path: the folder.
    /// - Throws: ``ReferenceFaults`` with every fault of every file.
    public init(contentsOf path: String) throws(ReferenceFaults) {
        var contents: [ReferenceFile: JSON] = [:]
        var faults: [ReferenceFault] = []
        for file in ReferenceFile.allCases {
            guard let bytes = FileManager.default.contents(atPath: "\(path)/\(file.name)") else {
                faults.append(ReferenceFault(file: file.name, problem: "is not in \(path)"))
                continue
            }
            do {
                contents[file] = try JSON.parse(bytes)
            } catch {
                faults.append(ReferenceFault(file: file.name, problem: "is not JSON: \(error)"))
            }
        }
        // A file that cannot be read has its fault already; the others are judged all the same.
        let read = contents
        do {
            data = try ReferenceData { read[$0] ?? [:] }
        } catch {
            throw ReferenceFaults(
                faults + error.faults.filter { fault in read.keys.contains { $0.name == fault.file } })
        }
        guard faults.isEmpty else { throw ReferenceFaults(faults) }
        self.contents = contents
    }

    func version(of file: ReferenceFile) -> Int64 { contents[file].flatMap(ReferenceData.version) ?? 0 }
}
