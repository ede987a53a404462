import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: payments.
struct PaymentRoutes: Sendable {
    let payments: Payments

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("payments", prefix: "/payments")
        routes.get("", name: "list", Self.list, handler: list)
        routes.post("", name: "pay", Self.pay, handler: pay)
        routes.get("/<id>", name: "payment", Self.payment, handler: payment)
        routes.post("/<id>/collected", name: "collected", Self.collected, handler: collected)
        return routes
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try ScrollQuery(QueryFields(request))
        let page = try await payments.list(query.page, for: context.requireCaller())
        return Envelope.page("Payments retrieved.", "payments", page, PaymentView.json)
    }

    @Sendable private func pay(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try PaymentBody(try await RequestJSON.fields(request))
        let payment: Payment =
            switch body.method {
            case .card: try await payments.pay(body.service, with: body.token ?? "", by: caller)
            case .cash: try await payments.payCash(body.service, by: caller)
            }
        return Envelope.created(
            Self.message(payment.state), ["payment": PaymentView.json(payment)],
            at: try context.routing.url(for: ".payment", ["id": payment.id]))
    }

    /// What was created is the payment, which may have come to nothing: that its card was refused is no fault of the
    /// request, may be known only later, and is kept.
    private static func message(_ state: PaymentState) -> String {
        switch state {
        case .pending: "Payment under way."
        case .failed: "The card was refused."
        case .succeeded, .refunded, .cancelled: "Payment made."
        }
    }

    @Sendable private func payment(_ request: Request, _ context: WebContext) async throws -> Response {
        let payment = try await payments.payment(context.reference(to: "Payment"), for: context.requireCaller())
        return Envelope.success("Payment retrieved.", ["payment": PaymentView.json(payment)])
    }

    @Sendable private func collected(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Payment")
        let payment = try await payments.collectCash(payment: reference, by: context.requireCaller())
        return Envelope.success("Payment collected.", ["payment": PaymentView.json(payment)])
    }
}

// What the documents say.
extension PaymentRoutes {
    static let tag = "Payments"
    private static let parties: [Role] = [.customer, .provider]

    static let list = Operation.fixOnCall(
        tag, "One's own payments, newest first; everybody's for staff",
        for: .only([.customer, .provider, .dispatcher, .admin]), query: ServiceRoutes.scrolling,
        message: "Payments retrieved.",
        data: ["payments": [PaymentView.example], "pagination": ServiceRoutes.pagination])

    static let pay = Operation.fixOnCall(
        tag, "Pay for a service", for: .only(parties),
        description: """
            What is due is the server's to say: the estimate, and once the service is over what it came to, less what has \
            been paid; an amount in the body is passed over, so nobody pays too much. A driver's card is charged. The answer \
            is 201 with the payment whatever becomes of it, so look at its `status`: `succeeded`; `pending` when its \
            gateway has not answered, and a notification follows; `failed` when the card was refused, with the gateway's \
            word in `failure`. That one is kept, nothing was charged, and another card may be tried. A driver's `cash` is \
            an announcement, which ends (`cancelled`) with a service that comes to nothing; a mechanic's says that he has \
            it, from his arrival on.
            """,
        body: .json(
            .object(
                [
                    "service_id": .reference, "method": .string(oneOf: PaymentMethod.allCases.map(\.rawValue)),
                    "token": .optionalText(max: 255).described("of a card, from its gateway; never its number"),
                ], optional: ["token"]),
            example: ["service_id": "65a50b2c9f1d4e0012345680", "method": "card", "token": "test_ok"]),
        status: 201, message: "Payment made.", data: ["payment": PaymentView.example], refusals: [404, 409])

    static let payment = Operation.fixOnCall(
        tag, "One payment", for: .only([.customer, .provider, .dispatcher, .admin]), message: "Payment retrieved.",
        data: ["payment": PaymentView.example], refusals: [404])

    static let collected = Operation.fixOnCall(
        tag, "Say that announced cash has been received", for: .only([.provider]),
        description: "Once; said again it is answered the same.", message: "Payment collected.",
        data: ["payment": PaymentView.cashExample], refusals: [404, 409])
}
