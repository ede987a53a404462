import Roadside

/// What the audit log calls things.
extension FixOnCallWords {
    /// Kinds of things by their names here, before the point; what became of them is the same everywhere.
    static func action(_ action: AuditAction) -> String {
        let parts = action.rawValue.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return action.rawValue }
        switch parts[0] {
        case "job": return "service.\(parts[1])"
        case "provider": return "mechanic.\(parts[1])"
        default: return action.rawValue
        }
    }

    static func action(_ word: String) -> AuditAction? { AuditAction.allCases.first { action($0) == word } }

    static let actions = AuditAction.allCases.map { action($0) }

    static func subject(_ kind: AuditSubject.Kind) -> String {
        switch kind {
        case .user: "user"
        case .paper: "document"
        case .upload: "upload"
        case .invitation: "invitation"
        case .job: "service"
        case .emergency: "emergency"
        case .announcement: "announcement"
        case .export: "export"
        case .reference: "reference"
        }
    }

    static let subjects = AuditSubject.Kind.allCases.map { subject($0) }
}
