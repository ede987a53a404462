import BSON
import Blueprint
import RoadsideWeb

// The AsyncAPI 3.0 document. What it calls `send` the server sends.
extension SocketBook {
    var asyncAPI: JSON {
        let parts = JSON.object([
            .init("channels", .object(sockets.map { .init($0.route.endpoint, Self.channel($0)) })),
            .init("operations", .object(sockets.flatMap(Self.operations))),
        ])
        let messages = JSON.object(
            sockets.flatMap { socket in
                socket.description.messages.map {
                    .init(Self.name(of: $0, on: socket), Self.message($0))
                }
            })
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": .string("\(heading.title): sockets"), "version": .string(heading.version),
                "description": .string(heading.description),
            ],
            "defaultContentType": "application/json",
            "servers": [
                "here": [
                    "host": "{host}", "protocol": "wss",
                    "description": "Where this document was found; `ws` where there is no TLS.",
                    "variables": ["host": ["default": "127.0.0.1:5000", "description": "Host and port"]],
                ]
            ],
            "channels": parts["channels"] ?? [:], "operations": parts["operations"] ?? [:],
            "components": [
                "messages": messages, "schemas": usedSchemas(by: messages),
                "securitySchemes": [
                    "bearerAuth": [
                        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                        "description": .string(
                            """
                            In the header `Authorization`, or as the subprotocol `bearer.<token>` where there is none. \
                            Instead of it, `ticket` in the query.
                            """),
                    ]
                ],
            ],
        ]
    }

    private static func channel(_ socket: Socket) -> JSON {
        let operation = socket.operation
        var bindings: JSON = ["method": "GET", "bindingVersion": "0.1.0"]
        for (place, name) in [(Operation.Parameter.Place.query, "query"), (.header, "headers")] {
            let parameters = operation.parameters.filter { $0.place == place }
            if !parameters.isEmpty { bindings.add(name, object(of: parameters)) }
        }
        var channel: JSON = [
            "address": .string(socket.route.template), "title": .string(operation.summary),
            "description": .string(socket.description.text),
            "messages": .object(
                socket.description.messages.map {
                    .init($0.name, reference("components/messages/\(name(of: $0, on: socket))"))
                }),
            "bindings": ["ws": bindings],
            "x-close-codes": .array(
                socket.description.closeCodes.map {
                    ["code": .int(Int64($0.code)), "meaning": .string($0.meaning), "advice": .string($0.advice)]
                }),
            "x-refusals": .array(
                operation.responses.sorted { $0.key < $1.key }.map {
                    ["status": .int(Int64($0.key)), "meaning": .string($0.value.description)]
                }),
        ]
        if let roles = operation.roles, !roles.isEmpty { channel.add("x-roles", JSON(roles)) }
        if let name = socket.description.subprotocol { channel.add("x-subprotocol", .string(name)) }
        return channel
    }

    private static func operations(_ socket: Socket) -> [JSON.Member] {
        let sides: [(SocketDescription.Message.Sender, action: String)] = [(.server, "send"), (.client, "receive")]
        return sides.compactMap { sender, action in
            let messages = socket.messages(of: sender)
            guard !messages.isEmpty else { return nil }
            let channel = "channels/\(socket.route.endpoint)"
            var operation: JSON = [
                "action": .string(action), "channel": reference(channel),
                "messages": .array(messages.map { reference("\(channel)/messages/\($0.name)") }),
            ]
            if socket.operation.roles != nil {
                operation.add("security", [reference("components/securitySchemes/bearerAuth")])
            }
            return .init("\(socket.route.endpoint).\(action)", operation)
        }
    }

    private static func message(_ message: SocketDescription.Message) -> JSON {
        [
            "name": .string(message.name), "summary": .string(message.summary), "contentType": "application/json",
            "payload": message.schema.json,
            "examples": .array(message.examples.map { ["payload": $0] }),
        ]
    }

    private static func name(of message: SocketDescription.Message, on socket: Socket) -> String {
        "\(socket.route.endpoint).\(message.name)"
    }

    private static func object(of parameters: [Operation.Parameter]) -> JSON {
        let object: JSON = [
            "type": "object",
            "properties": .object(
                parameters.map { .init($0.name, $0.schema.described($0.description).json) }),
        ]
        let required = parameters.filter(\.required).map(\.name)
        return required.isEmpty ? object : object.adding("required", JSON(required))
    }

    private static func reference(_ place: String) -> JSON { ["$ref": .string("#/\(place)")] }

    /// Those that the messages refer to, and those that these refer to.
    private func usedSchemas(by messages: JSON) -> JSON {
        let all = Dictionary(schemas.map { ($0.name, $0.schema.json) }) { first, _ in first }
        var used: Set<String> = []
        var waiting = Self.references(in: messages)
        while let name = waiting.popLast() {
            guard used.insert(name).inserted, let schema = all[name] else { continue }
            waiting += Self.references(in: schema)
        }
        return .object(schemas.filter { used.contains($0.name) }.map { .init($0.name, $0.schema.json) })
    }

    private static func references(in json: JSON) -> [String] {
        switch json {
        case .array(let items): items.flatMap(references)
        case .object(let members):
            members.flatMap { member in
                let prefix = "#/components/schemas/"
                guard member.name == "$ref", let target = member.value.string, target.hasPrefix(prefix) else {
                    return references(in: member.value)
                }
                return [String(target.dropFirst(prefix.count))]
            }
        default: []
        }
    }
}
