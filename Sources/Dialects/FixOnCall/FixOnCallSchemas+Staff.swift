import BSON
import Blueprint
import Roadside
import RoadsideRules

// What the documents call by name of what staff see and do.
extension FixOnCall {
    static let staffViews: [SchemaCatalog.Entry] = [
        .init(
            "StaffInvitation", StaffInvitationView.example, StaffInvitationView.revokedExample,
            members: [
                "role": .string(oneOf: StaffInvitationBody.roles), "user_id": .string.nullable,
                "status": .string(oneOf: InvitationState.allCases.map(\.rawValue)), "ended_at": .dateTime.nullable,
            ]),
        .init(
            "AuditEntry", AuditView.example,
            members: [
                "action": .string(oneOf: FixOnCallWords.actions),
                "actor": .reference("AuditActor").nullable,
                "subject_type": .string(oneOf: FixOnCallWords.subjects), "subject_id": .string.nullable,
                "subject_name": .string.nullable, "before": Schema(["type": "object"]),
                "after": Schema(["type": "object"]),
                "request_id": .string.nullable, "address": .string.nullable,
            ]),
        .init(
            "AuditActor", AuditView.actorExample,
            members: ["number": .integer.nullable, "name": .string.nullable]),
        .init(
            "Announcement", AnnouncementView.example, AnnouncementView.finishedExample,
            members: [
                "status": .string(oneOf: Announcement.State.allCases.map(\.rawValue)),
                "audience": .string(oneOf: AnnouncementView.audiences), "finished_at": .dateTime.nullable,
            ]),
        .init("MessageTemplate", AnnouncementView.templateExample),
        .init(
            "TemplateParameter", AnnouncementView.parameterExample, AnnouncementView.numberExample,
            members: ["kind": .string(oneOf: ["text", "number", "day", "time"])]),
        .init(
            "Kpis", DashboardView.kpisExample, members: ["completion_rate": .number.nullable]),
        .init(
            "TimeToAccept", DashboardView.kpisExample["time_to_accept"] ?? [:],
            members: ["p50_seconds": .integer.nullable, "p90_seconds": .integer.nullable]),
    ]
}
