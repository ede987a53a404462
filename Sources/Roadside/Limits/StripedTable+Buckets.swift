import RoadsideRules

extension StripedTable where Value == Bucket {
    /// Takes one of a quota that every entry has for itself.
    ///
    /// - Parameter time: seconds by whatever clock the caller counts.
    /// - Returns: seconds to wait; 0 when one was taken.
    func take(_ quota: Quota, of key: Key, at time: Double) -> Double {
        update(key) { bucket in
            var own = bucket ?? Bucket()
            let isTaken = own.take(quota, now: time)
            bucket = own
            return isTaken ? 0 : max(own.wait(quota, now: time), 1)
        }
    }
}
