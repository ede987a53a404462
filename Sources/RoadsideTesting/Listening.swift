public import BSON
public import FixOnCallClient

extension SocketClient {
    /// The next frame as JSON text, exactly as it came.
    public func nextText(within limit: Duration = .seconds(60)) async throws -> String {
        let message = try await next(within: limit)
        guard case .text(let text) = message else {
            throw UnexpectedAnswer(description: "a frame was expected, not \(message)")
        }
        return text
    }

    /// The next frame, parsed.
    public func nextJSON(within limit: Duration = .seconds(60)) async throws -> JSON {
        try JSON.parse(Array(try await nextText(within: limit).utf8))
    }

    /// Reads on until a frame satisfies a condition; what came before is returned with it.
    public func frames(until condition: (JSON) -> Bool) async throws -> [JSON] {
        var frames: [JSON] = []
        while true {
            let frame = try await nextJSON()
            frames.append(frame)
            if condition(frame) { return frames }
        }
    }

    /// The code with which the server closed, after whatever frames came first.
    public func closeCode() async throws -> UInt16? {
        while true {
            switch try await next(within: .seconds(60)) {
            case .close(let code, _): return code
            case .ended: return nil
            default: continue
            }
        }
    }
}

extension Person {
    /// Asks for help at the centre of Nairobi.
    ///
    /// - Returns: the answer's `service`.
    public func request(
        _ type: String = "breakdown", latitude: Double = -1.2921, longitude: Double = 36.8219, extra: JSON = [:]
    ) async throws -> JSON {
        var body: JSON = [
            "service_type": .string(type), "description": "It does not start",
            "location": [
                "latitude": .double(latitude), "longitude": .double(longitude), "address": "Kenyatta Avenue, Nairobi",
            ],
        ]
        for member in extra.object ?? [] { body.add(member.name, member.value) }
        let answer = try await ask("POST", "/api/services/request", body)
        guard answer.status == 201, let service = answer.json?["data"]?["service"] else {
            throw UnexpectedAnswer(description: "a request was answered \(answer.status) \(answer.json?.text ?? "")")
        }
        return service
    }
}
