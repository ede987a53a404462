public import RoadsideWeb

extension FixOnCall {
    /// How important the route with this name is; every other one is usual.
    public static func importance(of endpoint: String) -> Importance { importances[endpoint] ?? .usual }

    /// Those that are not usual, by name; a test holds that they exist.
    static let importances: [String: Importance] = {
        var all: [String: Importance] = [
            "\(Self.name).health.health": .vital, "probes.live": .vital, "probes.ready": .vital,
        ]
        for name in [
            "emergency.raise", "services.accept", "services.decline", "services.status", "services.start",
            "services.complete", "services.cancel", "services.fail", "bookings.accept", "bookings.start",
            "bookings.complete", "bookings.cancel", "payments.collected", "events.ack", "ws.ticket", "auth.refresh",
        ] {
            all["\(Self.name).\(name)"] = .urgent
        }
        for name in [
            "services.history", "bookings.mine", "notifications.mine", "admin.dashboard", "admin.users",
            "admin.services",
            "documents.mine", "reviews_of_documents.all", "admin_emergencies.list", "personal.export", "vehicles.list",
            "exports.users", "exports.services", "exports.bookings", "exports.audit_log", "audit_log.list",
            "announcements.list", "payments.list",
            "invitations.list",
        ] {
            all["\(Self.name).\(name)"] = .deferrable
        }
        // A file takes as long as the network does.
        for name in ["events.listen", "uploads.upload"] { all["\(Self.name).\(name)"] = .patient }
        return all
    }()
}
