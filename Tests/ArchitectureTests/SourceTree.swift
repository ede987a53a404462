import Foundation

/// The repository's Swift files, read once, for tests about the house rather than about what it does.
struct SourceTree {
    struct File {
        /// Path below the repository, with `/`.
        let path: String
        let lines: [Substring]

        /// The modules the file imports, whatever the access level.
        var imports: Set<String> {
            Set(
                lines.compactMap { line in
                    let words = line.split(separator: " ")
                    guard let index = words.firstIndex(of: "import"), index <= 2, index + 1 < words.count else {
                        return nil
                    }
                    guard
                        words[..<index].allSatisfy({
                            $0.hasPrefix("@") || ["public", "package", "internal"].contains($0)
                        })
                    else { return nil }
                    let kinds: Set<Substring> = [
                        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
                    ]
                    let name = kinds.contains(words[index + 1]) ? words.last! : words[index + 1]
                    return String(name.split(separator: ".")[0])
                })
        }
    }

    let files: [File]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// - Parameter folder: below the repository, such as `Sources`.
    init(_ folder: String) throws {
        let base = Self.root.appendingPathComponent(folder)
        let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        var files: [File] = []
        while let url = walk?.nextObject() as? URL {
            guard url.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: url, encoding: .utf8)
            let path = url.path.dropFirst(Self.root.path.count + 1)
            files.append(File(path: String(path), lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    func files(in target: String) -> [File] {
        files.filter { $0.path.hasPrefix("Sources/\(target)/") }
    }
}
