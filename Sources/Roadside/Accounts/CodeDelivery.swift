/// Port: carries letters to people. What is lost on the way is asked for again, so it throws nothing.
public protocol CodeDelivery: Sendable {
    func deliver(_ letter: Letter) async
}
