/// Calls by deadline, the earliest first: a binary heap that forgets answered calls in bulk.
struct DeadlineHeap {
    private var calls: [Call] = []
    private var answered = 0

    var first: Call? { calls.first }
    var count: Int { calls.count }

    /// - Returns: true when the call is now the earliest.
    mutating func insert(_ call: Call) -> Bool {
        calls.append(call)
        return siftUp(calls.count - 1) == 0
    }

    mutating func removeFirst() -> Call? {
        guard let first = calls.first else { return nil }
        calls.swapAt(0, calls.count - 1)
        calls.removeLast()
        siftDown(0)
        return first
    }

    /// Answered calls stay until they are half of the heap, then all go at once: constant time on average.
    mutating func noteAnswered() {
        answered += 1
        guard answered >= 64, answered * 2 >= calls.count else { return }
        calls.removeAll(where: \.isAnswered)
        for index in stride(from: calls.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
        answered = 0
    }

    private mutating func siftUp(_ start: Int) -> Int {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard calls[index].deadline < calls[parent].deadline else { break }
            calls.swapAt(index, parent)
            index = parent
        }
        return index
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < calls.count {
                if calls[child].deadline < calls[least].deadline { least = child }
            }
            guard least != index else { return }
            calls.swapAt(index, least)
            index = least
        }
    }
}
