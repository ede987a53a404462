import Gateways
import RoadsideRules

/// What no installation, and what no production installation, may run with.
extension Settings {
    mutating func judge(_ reader: inout SettingsReader) {
        if let uri = mongo.uri, !uri.hasPrefix("mongodb://"), !uri.hasPrefix("mongodb+srv://") {
            // DATABASE_URL is another system's name for the same thing (contracts K31), and often means PostgreSQL.
            reader.fault(
                "the database must be a mongodb:// address (MONGO_URI or DATABASE_URL); other databases are not supported"
            )
        }
        if let port = admin.port, ([http.port] + http.extraPorts).contains(port) {
            reader.fault("admin.port must be none of the ports of the API (PORT and EXTRA_PORTS); 0 turns it off")
        }
        if dispatch.maxKm < dispatch.startKm { reader.fault("dispatch.maxKm must not be less than dispatch.startKm") }
        if tracking.silentSeconds < tracking.staleSeconds {
            reader.fault("tracking.silentSeconds must not be less than tracking.staleSeconds")
        }
        if providers.requiredDocuments.contains(where: { PaperKind(rawValue: $0) == nil }) {
            let kinds = PaperKind.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fault("providers.requiredDocuments must be some of \(kinds), separated by commas, or none")
        }
        if let osrm = routing.osrm, !osrm.hasPrefix("http://"), !osrm.hasPrefix("https://") {
            reader.fault("routing.osrm must be an http:// or https:// address")
        }
        if jobs.startOTP != "optional", jobs.startOTP != "required" {
            reader.fault("jobs.startOTP must be optional or required")
        }
        if !["none", "test"].contains(payments.cards) { reader.fault("payments.cards must be none or test") }
        if DispatchMode(rawValue: dispatch.mode).map({ $0 != .pick }) != true {
            reader.fault("dispatch.mode must be broadcast, cascade, auto or manual")
        }
        if Matching(rawValue: dispatch.matching) == nil {
            reader.fault("dispatch.matching must be nearest or assignment")
        }
        do throws(MailServer.Fault) {
            _ = try mailServer
        } catch {
            reader.fault("mail.url \(error)")
        }
        // Whoever can put keys there can be anybody.
        if !google.keys.hasPrefix("https://"),
            environment == .production || !google.keys.hasPrefix("http://127.0.0.1")
        {
            reader.fault("google.keys must be an https:// address")
        }
        judgeHosts(&reader)
        guard environment == .production else { return }
        if simulation.factor != 1 { reader.fault("simulation.factor must be 1 in production: people need their time") }
        if careConnect.guests { reader.fault("careconnect.guests must be off in production: everybody signs in there") }
        if payments.cards == "test" {
            reader.fault("payments.cards must not be test in production: nobody would be paid")
        }
        if mongo.uri == nil { reader.fault("production needs MONGO_URI: a replica set of MongoDB 6 or later") }
        if accounts.bcryptCost < 10 { reader.fault("accounts.bcryptCost must be at least 10 in production") }
        judge(secrets.jwt, name: "JWT_SECRET_KEY", &reader)
        judge(secrets.pepper, name: "SECRET_KEY", &reader)
        judge(secrets.encryption, name: "ENCRYPTION_KEY", &reader)
    }

    /// What we ask must not be where a cloud keeps its machine's keys; Google's keys must not be inside either, but in tests.
    /// A router and a mail server of our own may be (threat T24).
    private func judgeHosts(_ reader: inout SettingsReader) {
        for (key, address) in [("google.keys", google.keys), ("routing.osrm", routing.osrm), ("mail.url", mail.url)] {
            guard let address, let host = OutsideHost(of: address) else { continue }
            if host == .link || host == .inside && key == "google.keys" && environment == .production {
                reader.fault("\(key) must not lead into a private network")
            }
        }
    }

    private func judge(_ secret: String?, name: String, _ reader: inout SettingsReader) {
        guard let secret else {
            reader.fault("production needs \(name)")
            return
        }
        if secret.utf8.count < 32 { reader.fault("\(name) must have at least 32 characters") }
        // Values printed in the source documents (contracts §2): whoever copied one has published it.
        let published = ["change-in-production", "change-this", "django-insecure", "your-", "your_", "changeme"]
        if published.contains(where: secret.lowercased().contains) {
            reader.fault("\(name) is a placeholder from a document")
        }
    }
}
