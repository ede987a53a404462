public import Roadside

/// Sends letters to e-mail addresses one way and letters to phones another.
public struct DeliveryByKind: CodeDelivery {
    private let email: any CodeDelivery
    private let phone: any CodeDelivery

    public init(email: any CodeDelivery, phone: any CodeDelivery) {
        self.email = email
        self.phone = phone
    }

    public func deliver(_ letter: Letter) async {
        switch letter.address.kind {
        case .email: await email.deliver(letter)
        case .phone: await phone.deliver(letter)
        }
    }
}
