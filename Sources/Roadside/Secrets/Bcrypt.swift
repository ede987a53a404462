import CCrypt

/// libxcrypt's bcrypt, as it is: slow on purpose, and it blocks its thread.
enum Bcrypt {
    /// Identifiers whose hashes are verified. New ones are `$2b$`; `$2a$` and `$2y$` differ from it only in old bugs.
    private static let identifiers: Set<Substring> = ["2a", "2b", "2y"]
    /// A planted hash of cost 31 would occupy a thread for days.
    static let costs = 4...16
    static let hashLength = 60

    /// `$2b$12$` and 22 characters of salt.
    /// - Parameter salt: 16 unpredictable bytes.
    static func setting(cost: Int, salt: [UInt8]) -> String? {
        let bounded = UInt(min(max(cost, costs.lowerBound), costs.upperBound))
        let text = salt.withUnsafeBytes { salt in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)) {
                output -> String? in
                guard
                    let made = crypt_gensalt_rn(
                        "$2b$", bounded, salt.assumingMemoryBound(to: CChar.self).baseAddress, Int32(salt.count),
                        output.baseAddress, Int32(output.count))
                else { return nil }
                return String(cString: made)
            }
        }
        return text
    }

    /// The hash of a phrase. bcrypt reads 72 bytes at most and stops at a zero byte, so a phrase with one is refused.
    ///
    /// - Parameter setting: a setting, or a whole hash whose setting is to be used again.
    static func digest(_ phrase: [UInt8], setting: String) -> String? {
        guard !phrase.contains(0), cost(of: setting) != nil else { return nil }
        let terminated = phrase + [0]
        return terminated.withUnsafeBytes { phrase -> String? in
            // 32 KiB, too much for a stack and required to be zero at first use.
            let size = MemoryLayout<crypt_data>.size
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: size, alignment: MemoryLayout<crypt_data>.alignment)
            defer {
                scratch.initializeMemory(as: UInt8.self, repeating: 0, count: size)
                scratch.deallocate()
            }
            scratch.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            guard
                let made = crypt_rn(
                    phrase.assumingMemoryBound(to: CChar.self).baseAddress, setting, scratch, Int32(size))
            else { return nil }
            let hash = String(cString: made)
            return hash.utf8.count == hashLength ? hash : nil
        }
    }

    static func verify(_ phrase: [UInt8], against hash: String) -> Bool {
        guard hash.utf8.count == hashLength, let digest = digest(phrase, setting: hash) else { return false }
        return constantTimeEqual(digest.utf8, hash.utf8)
    }

    /// The cost a setting or hash names; nothing unless it is bcrypt at a cost we are willing to pay.
    static func cost(of setting: String) -> Int? {
        let parts = setting.split(separator: "$", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, identifiers.contains(parts[1]), parts[2].utf8.count == 2,
            let cost = Int(parts[2]), costs.contains(cost)
        else { return nil }
        return cost
    }
}
