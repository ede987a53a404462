import NIOCore

/// What is to be told of things of which only the newest counts: one place for each, and the newer takes the place of the
/// older that has not been told (realtime.md §3.8).
///
/// It holds what it was given and no queue, so who takes nothing out costs as much as there are subjects, however often
/// they change.
struct LatestSlots<Subject: Hashable, Item> {
    private struct Slot {
        /// Of the newest that was put here.
        var order: Int64
        var waiting: Item?
        /// Before this moment nothing more is told of the subject.
        var freeAt: NIODeadline
    }

    private let interval: TimeAmount
    private let limit: Int
    private var slots: [Subject: Slot] = [:]
    /// Those with something to tell, in the order in which they came to have it.
    private var waiting: [Subject] = []
    /// When the first of them may be told; it may be too early, never too late.
    private var firstDue: NIODeadline?

    /// - Parameters:
    ///   - interval: between two that are told of one subject.
    ///   - limit: subjects; a further one is taken only when another has been silent for an interval.
    init(interval: Duration, limit: Int) {
        self.interval = TimeAmount(interval)
        self.limit = limit
    }

    var count: Int { slots.count }

    /// When something may be told next; nil while nothing waits.
    var due: NIODeadline? { waiting.isEmpty ? nil : firstDue }

    /// - Parameter order: by which the newer is told from the older, such as the moment it speaks of.
    /// - Returns: false when something as new was here before, or there is no place.
    @discardableResult
    mutating func put(_ item: Item, for subject: Subject, order: Int64, now: NIODeadline) -> Bool {
        if var slot = slots[subject] {
            guard order > slot.order else { return false }
            if slot.waiting == nil { enqueue(subject, until: slot.freeAt) }
            (slot.order, slot.waiting) = (order, item)
            slots[subject] = slot
            return true
        }
        if slots.count >= limit { slots = slots.filter { $0.value.waiting != nil || $0.value.freeAt > now } }
        guard slots.count < limit else { return false }
        slots[subject] = Slot(order: order, waiting: item, freeAt: now)
        enqueue(subject, until: now)
        return true
    }

    private mutating func enqueue(_ subject: Subject, until moment: NIODeadline) {
        firstDue = waiting.isEmpty ? moment : firstDue.map { min($0, moment) }
        waiting.append(subject)
    }

    /// Takes out what may be told now, in the order in which its subjects came.
    mutating func take(now: NIODeadline) -> [Item] {
        guard let due, due <= now else { return [] }
        var items: [Item] = []
        var (rest, next): ([Subject], NIODeadline?) = ([], nil)
        for subject in waiting {
            guard var slot = slots[subject], let item = slot.waiting else { continue }
            if slot.freeAt <= now {
                items.append(item)
                (slot.waiting, slot.freeAt) = (nil, now + interval)
                slots[subject] = slot
            } else {
                rest.append(subject)
                next = next.map { min($0, slot.freeAt) } ?? slot.freeAt
            }
        }
        (waiting, firstDue) = (rest, next)
        return items
    }

    /// Nothing of this subject is told any more; when it comes back it begins anew.
    mutating func forget(_ subject: Subject) {
        guard slots.removeValue(forKey: subject)?.waiting != nil else { return }
        waiting.removeAll { $0 == subject }
    }
}
